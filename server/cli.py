"""The `dyad` command. Exit codes: 0 done, 1 not possible (the message says what to do), 2 wrong usage or input."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Any

import typer

from server import operating
from server.adapters.sql import UnknownRevision
from server.audit_cli import app as audit_app
from server.bots import SCENARIOS, Scenario, run_bot
from server.clinic_cli import app as clinic_app
from server.clock_cli import app as clock_app
from server.config import SettingsRefused
from server.demo import ClinicLinks, DemoLinks, Options, run_demo, run_empty_clinic
from server.domain.attendance import Kind
from server.keeping_cli import add_to as add_keeping_to
from server.outbox_cli import outbox as outbox_app
from server.outbox_cli import webhook as webhook_app
from server.planfile import PlanRefused, example_plan, read_plan
from server.policy_cli import app as policy_app
from server.telemetry import configure
from server.terminal import Data, fail, place, run

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Video sessions for couples in recovery, with an attendance policy that acts by itself.",
)
link_app = typer.Typer(no_args_is_help=True, help="Make and take back links.")
session_app = typer.Typer(no_args_is_help=True, help="Look at sessions.")
app.add_typer(audit_app, name="audit")
add_keeping_to(app)
app.add_typer(outbox_app, name="outbox")
app.add_typer(webhook_app, name="webhook")
app.add_typer(policy_app, name="policy")
app.add_typer(link_app, name="link")
app.add_typer(clinic_app, name="clinic")
app.add_typer(clock_app, name="clock")
app.add_typer(session_app, name="session")


class Company(StrEnum):
    INTERPRETER = "interpreter"
    CAPTIONER = "captioner"
    SUPPORT = "support"


Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of text.")]


def main() -> None:
    configure()
    app()


@app.command(epilog="Example: dyad demo --speed 60 --port 9000")
def demo(
    port: Annotated[int, typer.Option(help="TCP port; 0 is any free one.", min=0, max=65535)] = 8080,
    speed: Annotated[float, typer.Option(help="Policy clocks run this many times faster.", min=0.1, max=3600)] = 1.0,
    data: Annotated[Path | None, typer.Option(help="Keep everything here, and go on from it next time.")] = None,
    lan: Annotated[bool, typer.Option("--lan", help="HTTPS for phones on the same network.")] = False,
    kind: Annotated[Kind, typer.Option(help="The kind of session.")] = Kind.COUPLES,
    keep_apart: Annotated[bool, typer.Option("--keep-apart", help="The two partners must never meet.")] = False,
    company: Annotated[
        list[Company] | None, typer.Option("--with", help="Who else comes, each by a link; repeat it for more.")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="The couple has six weeks behind them.")] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help="A clinic that has nothing yet but its administrator.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run a demo with a couple's session that is now: a link for each of its people and one for the team."""
    roles = tuple(sorted({str(role) for role in company or []}))
    options = Options(port, speed, data, lan, kind, keep_apart, roles, history)
    if empty:
        run(run_empty_clinic(options, lambda links: _show_clinic(links, as_json)))
        return
    run(run_demo(options, lambda links: _show(links, speed, as_json)))


def _show_clinic(links: ClinicLinks, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(links)))
    else:
        typer.echo(f"""
  Dyad runs at {links.base_url}: a clinic on its first day.

    Sasha, administrator    {links.administrator}
    All mail                {links.messages}

  Mail goes nowhere; everybody whom you add has their link there. Ctrl+C ends it.
""")
    sys.stdout.flush()


def _show(links: DemoLinks, speed: float, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(links.as_json()))
    else:
        names = dict(zip("abcd", ("Alex", "Robin", "Kim", "Lee"), strict=True))
        people = "\n".join(f"    {names[key] + ', partner':<24}{link}" for key, link in links.partners.items())
        people += "".join(f"\n    {role.capitalize():<24}{link}" for role, link in links.helpers.items())
        typer.echo(f"""
  Dyad runs at {links.base_url}. Open each link in a tab of its own.

    Dr. Rivera, therapist   {links.therapist}
{people}
    Their clinic's desk     {links.clinic}
    Alex's own page         {links.portals["a"]}
    Robin's own page        {links.portals["b"]}
    Dr. Marsh, stands in    {links.substitute}
    Treatment team          {links.team}
    Sasha, administrator    {links.administrator}

  Nobody else around?  dyad bot LINK --scenario late:30
  Mail goes nowhere; read it at {links.base_url}/messages (open it from the team's page).
  {"" if speed == 1 else f"Policy clocks run {speed:g} times faster. "}Ctrl+C ends it.
""")
    sys.stdout.flush()


@app.command(epilog="Example: DYAD_DATA=/var/lib/dyad DYAD_BASE_URL=https://meet.example.org dyad serve")
def serve() -> None:
    """Run the service. Settings come from the environment (DYAD_…); `README.md` lists them."""
    try:
        settings = operating.settings(os.environ)
    except SettingsRefused as no:
        fail(str(no), 2)
    run(operating.serve(settings, lambda: typer.echo(f"Dyad serves {settings.base_url}", err=True)))


@app.command(epilog="Example: DYAD_DATABASE_URL_FILE=/run/secrets/database dyad migrate")
def migrate(
    data: Data,
    to: Annotated[str | None, typer.Option(help="A revision, like 0003; also an earlier one.")] = None,
    as_json: Json = False,
) -> None:
    """Lead the record's schema to the newest revision, or to an earlier one, while sessions run."""
    try:
        was, now = run(operating.migrate(data, to))
    except UnknownRevision as no:
        fail(str(no), 2)
    same = f"The schema is {now} already."
    typer.echo(json.dumps({"from": was, "to": now}) if as_json else same if was == now else f"Schema {was} → {now}.")


@app.command(
    epilog=f"Scenarios: {', '.join(SCENARIOS)}. Example: dyad bot 'http://localhost:8080/join#…' --scenario drop:20"
)
def bot(
    link: Annotated[str, typer.Argument(help="A link of the demo, as printed.")],
    scenario: Annotated[str, typer.Option(help="What this person does; see below.")] = "on-time",
    seconds: Annotated[float | None, typer.Option(help="Go after so many seconds; without it stay.", min=0)] = None,
    as_json: Json = False,
) -> None:
    """Be one of the people: a real WebRTC connection with a moving picture and a tone."""
    try:
        wanted = Scenario.parse(scenario)
    except ValueError as no:
        fail(str(no), 2)

    def tell(what: str, **more: Any) -> None:
        typer.echo(json.dumps({"what": what, **more}) if as_json else f"{what}  {' '.join(map(str, more.values()))}")
        sys.stdout.flush()

    run(run_bot(link, wanted, tell, seconds))


@link_app.command("create", epilog="Example: dyad link create demo-1 a --data ./data")
def link_create(
    session: str,
    participant: Annotated[
        str,
        typer.Argument(help="therapist, substitute, a, b, …, interpreter, captioner, support, team, or administrator"),
    ],
    data: Data,
    base_url: Annotated[str, typer.Option(envvar="DYAD_BASE_URL", help="What links begin with.")],
    hours: Annotated[int, typer.Option(help="Valid for so long.", min=1, max=24 * 60)] = 48,
    as_json: Json = False,
) -> None:
    """A new link for one person of one session. It is shown once and kept only as a hash."""
    link = run(operating.create_link(data, base_url, session, participant, timedelta(hours=hours)))
    typer.echo(json.dumps({"link": link}) if as_json else link)


@link_app.command("revoke", epilog="Example: dyad link revoke demo-1 b --data ./data")
def link_revoke(
    session: str,
    data: Data,
    participant: Annotated[str | None, typer.Argument(help="Only this person's links.")] = None,
    as_json: Json = False,
) -> None:
    """Take back the links of a session, or of one person of it."""
    count = run(operating.revoke_links(data, session, participant))
    typer.echo(json.dumps({"revoked": count}) if as_json else f"{count} links taken back")


@session_app.command("plan", epilog="Example: dyad session plan --example > couple.json, then with its name for FILE")
def session_plan(
    file: Annotated[Path | None, typer.Argument(help="The session as JSON.", metavar="FILE")] = None,
    data: Annotated[str | None, typer.Option(help="The service's folder, or the URL of its record.")] = None,
    base_url: Annotated[str | None, typer.Option(envvar="DYAD_BASE_URL", help="What links begin with.")] = None,
    example: Annotated[bool, typer.Option("--example", help="Print a file to begin with.")] = False,
    as_json: Json = False,
) -> None:
    """Book a couple's session and print a link for each person. A running service picks it up by itself."""
    if example:
        typer.echo(json.dumps(example_plan(datetime.now(UTC)), indent=2))
        return
    if file is None or base_url is None:
        fail("Give FILE, --data and --base-url (or DYAD_DATA and DYAD_BASE_URL).", 2)
    try:
        links = run(operating.plan_session(data or place(), base_url, read_plan(file)))
    except PlanRefused as no:
        fail(str(no), 2)
    typer.echo(json.dumps(links) if as_json else "\n".join(f"{who:<10} {link}" for who, link in links.items()))


@session_app.command("list", epilog="Example: dyad session list --data ./data")
def session_list(data: Data, as_json: Json = False) -> None:
    """Sessions that are still open."""
    rows = run(operating.open_sessions(data))
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['id']:<28} {row['starts_at']:<26} {row['status']}")


@session_app.command("show", epilog="Example: dyad session show demo-1 --data ./data")
def session_show(session: str, data: Data, as_json: Json = False) -> None:
    """What the therapist would see of a session now."""
    view = run(operating.show_session(data, session))
    typer.echo(json.dumps(view, indent=None if as_json else 2, default=str))


@session_app.command("explain", epilog="Example: dyad session explain demo-1 --data ./data")
def session_explain(session: str, data: Data, as_json: Json = False) -> None:
    """Why it went as it did: every step, and for each decision its clause, facts and policy version."""
    story = run(operating.explain_session(data, session))
    if as_json:
        typer.echo(json.dumps(story))
        return
    for step in story["steps"]:
        why = f"{step['clause'] or '':<4} {step['action'] or '':<11} {step['because'] or ''}".rstrip()
        typer.echo(f"{step['at'][:19]}  {step['what']:<18} {step['by'] or '':<10} {why}".rstrip())
        if step["facts"]:
            typer.echo(f"{'':<21}{_facts_line(step['facts'])}")
    typer.echo(f"policy {story['policy']}")


def _facts_line(facts: dict[str, Any]) -> str:
    """The facts that most decisions turn on; `--json` has all of them."""

    def partner(key: str, one: dict[str, Any]) -> str:
        reason = f" ({one['reason']})" if one["reason"] else ""
        return f"{key} {one['state']}{reason}, solo consent {'yes' if one['solo_consent'] else 'no'}"

    people = [f"therapist {facts['therapist']['state']}", *(partner(*item) for item in facts["partners"].items())]
    return f"as of then: {'; '.join(people)}; approval {facts['solo_approval']}"


@app.command(epilog="Example: dyad version --json")
def version(as_json: Json = False) -> None:
    """The version that is installed."""
    number = installed_version("dyad")
    typer.echo(json.dumps({"version": number}) if as_json else f"dyad {number}")
