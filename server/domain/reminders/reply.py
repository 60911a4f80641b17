"""What the first words of a reply say. Only what can't be taken for anything else is an answer.

A wrong "can't come" could cost somebody their hour, so doubt is never read as one: two answers at once, a "no" to one
of them, or an idiom that only sounds like one ("can't wait") is unclear.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from server.domain.attendance import Reason

MOST_TEXT = 20_000  # characters that are looked at
FIRST_WORDS = 14
LATE_MINUTES = 10  # where nobody says how late
MOST_LATE = 120


class Said(StrEnum):
    YES = "yes"
    LATE = "late"
    CANT = "cant"


@dataclass(frozen=True, slots=True)
class Answer:
    """`minutes` of lateness with `LATE`, a `reason` with `CANT`."""

    said: Said
    minutes: int | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        late, cant = self.said is Said.LATE, self.said is Said.CANT
        if (self.minutes is not None) != late or (self.reason is not None) != cant:
            raise ValueError("late goes with minutes, and can't come with a reason")
        if self.minutes is not None and not 1 <= self.minutes <= MOST_LATE:
            raise ValueError(f"late by 1 to {MOST_LATE} minutes")


# Words are without accents, apostrophes and case.
_CANT = (
    r"\b(?:cant|can not|cannot|wont|will not|unable to)(?: (?:come|make|attend|join|be there|be able to)\b|$"
    r"| (?:today|tomorrow|tonight|this time|sorry|im|i am|because|sick|ill)\b)",
    r"\b(?:im|i am) not (?:coming|able|going to make|going to be able)\b",
    r"^not coming\b",
    r"\bno (?:puedo|podre|voy a poder|podria)(?: (?:ir|venir|asistir|entrar|estar|llegar|acudir|participar)\b|$"
    r"| (?:hoy|manana|esta|estoy|lo siento|perdon|porque)\b)",
    r"\bno (?:voy a ir|ire|voy|asistire|vendre|estare)\b",
)
_LATE = (
    r"\b(?:running|be|im|i am|am|come|coming|arrive|bit|little|min|mins|minutes|yes|yeah|ok|but) late\b",
    r"^(?:late|later)\b",
    r"\b(?:llego|llegare|llegar|voy|ire|con|poco|mas|minutos|min|si|pero) (?:\w+ ){0,2}?(?:tarde|retras(?:o|ad[oa]))\b",
    r"^(?:tarde|retraso)\b",
)
_YES = (
    r"^(?:yes|yep|yeah|yup|sure|ok|okay|of course|ill be there|i will be there|confirmed|i confirm)\b",
    r"^(?:ill come|i will come|im coming|i am coming|see you)(?: (?:there|then|soon|today|tomorrow|tonight))?$",
    r"^(?:si|claro|vale|por supuesto|ahi estare|alli estare|alla estare|estare ahi|confirmo|confirmad[oa])\b",
    r"^(?:ire|voy|asistire|nos vemos|estare)(?: (?:hoy|manana|ahi|alli|alla|entonces))?$",
)
# Whatever else is said, with one of these nobody is sure what is meant.
_DOUBT = (
    r"\b(?:cant|cannot|can not) wait\b|\bno (?:problem|worries|hay problema|puedo esperar|veo la hora)\b",
    r"\b(?:maybe|might|perhaps|not sure|unless|if|quizas?|tal vez|no se|a lo mejor)\b|\?",
    r"\b(?:until|till|before|on time|by|still|alone|without|only|except|instead|hasta|antes|a tiempo|sol[oa]|sin)\b",
    r"\b(?:reschedul\w*|move|another|other|otra|otro|cambi\w*|reprogram\w*|cancel\w*)\b",
)
# A "no" that a yes or a delay doesn't go with.
_AGAINST = r"\b(?:no|not|dont|doesnt|cant|wont|never|nunca|tampoco|but|pero|however)\b"
_ILL = (
    r"\b(?:sick|ill(?! (?:be|come)\b)|unwell|not well|fever|flu|covid|hospital|doctor"
    r"|enferm[oa]|fiebre|gripe|mal|medico)\b"
)
_URGENT = r"\b(?:emergency|urgent|accident|urgencia|emergencia|accidente|urgente)\b"
_MINUTES = re.compile(r"\b(\d{1,3}) ?(?:min|mins|minute|minutes|minuto|minutos|m)\b")


def read_reply(text: str) -> Answer | None:
    """The answer in the first words, or None. Total; `text` is what somebody wrote, quotes and signatures included."""
    words = _first_words(text)
    if not words or _any(_DOUBT, words):
        return None
    late, cant, yes = _any(_LATE, words), _any(_CANT, words), _any(_YES, words)
    if cant and not late and not yes:
        return Answer(Said.CANT, reason=_reason(words))
    if late and not cant:
        return _late(words)
    troubled = _any((_AGAINST, _ILL, _URGENT), words)
    return Answer(Said.YES) if yes and not cant and not troubled else None


def _late(words: str) -> Answer | None:
    said = _MINUTES.findall(words)
    if len(said) > 1 or re.search(r"\b(?:no|not|dont|wont)\b", words):
        return None
    minutes = int(said[0]) if said else LATE_MINUTES
    return Answer(Said.LATE, minutes=minutes) if 1 <= minutes <= MOST_LATE else None


def _reason(words: str) -> Reason:
    if re.search(_URGENT, words):
        return Reason.EMERGENCY
    return Reason.ILLNESS if re.search(_ILL, words) else Reason.OTHER


def _any(patterns: tuple[str, ...], words: str) -> bool:
    return any(re.search(pattern, words) for pattern in patterns)


# Where what somebody else wrote begins: a quote, the line that introduces one, a forwarded head, a signature.
_QUOTE = re.compile(
    r"^\s*(?:>|\||-- ?$|_{5,}\s*$|-{2,} ?(?:original message|mensaje original|forwarded message|mensaje reenviado)"
    r"|(?:on|el|am|le)\b.{4,200}\b(?:wrote|escribio|escribió|schrieb|a écrit) ?:"
    r"|(?:from|de|sent|enviado|para|to|fecha|date) ?: ?.+@"
    r"|(?:sent from my|enviado desde mi|get outlook for|obtener outlook)\b)",
    re.IGNORECASE,
)


_GREETING = re.compile(
    r"^(?:hi|hello|hey|hola|buenas|buenos dias|buenas tardes|good morning|thanks|thank you|gracias|sorry|im sorry"
    r"|lo siento|perdon|im afraid|unfortunately|lamentablemente)\b ?"
)


def _first_words(text: str) -> str:
    """The first words of the first paragraph that is theirs, in plain small letters; a "?" stays, since it asks."""
    own: list[str] = []
    lines = text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for n, line in enumerate(lines):
        # Mail programs break "On … wrote:" in two.
        if _QUOTE.match(line) or _QUOTE.match(f"{line} {lines[n + 1] if n + 1 < len(lines) else ''}"):
            break
        if not line.strip():
            if own:
                break
            continue
        own.append(line)
    flat = re.sub("['’‘‛`´ʼ′]", "", " ".join(own).casefold())
    flat = "".join(sign for sign in unicodedata.normalize("NFKD", flat) if not unicodedata.combining(sign))
    words = re.sub(r"[^\w?]+", " ", flat).strip()
    words = _GREETING.sub("", words)
    return " ".join(words.split()[:FIRST_WORDS])
