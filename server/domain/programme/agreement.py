"""The first session: what the intake brings to light, and the attendance agreement that each partner signs (A12)."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.programme.contact import LANGUAGES
from server.domain.programme.couple import check_goals
from server.domain.programme.faults import ProgrammeError, line, prose

MOST_PARAGRAPHS = 20


@dataclass(frozen=True, slots=True)
class Intake:
    """The agenda of the first session, as far as it has been talked through; `goals` become the couple's."""

    relationship: str = ""
    challenges: str = ""
    goals: tuple[str, ...] = ()
    expectations: str = ""
    complete: bool = False

    def __post_init__(self) -> None:
        prose("The assessment of the relationship", self.relationship)
        prose("The challenges", self.challenges)
        prose("The expectations", self.expectations)
        check_goals(self.goals)
        if self.complete and not (self.relationship and self.challenges and self.goals and self.expectations):
            raise ProgrammeError("intake_incomplete", "Talk through all four parts first, or keep it open for later.")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What attending means here, in plain words, by language. Its version is its revision in the chart."""

    paragraphs: dict[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        if set(self.paragraphs) != set(LANGUAGES):
            raise ProgrammeError("language_missing", f"Write it in {' and '.join(LANGUAGES)}.")
        for language in LANGUAGES:
            if not 1 <= len(self.paragraphs[language]) <= MOST_PARAGRAPHS:
                raise ProgrammeError("text_unfit", f"An agreement has 1 to {MOST_PARAGRAPHS} paragraphs.")
            for paragraph in self.paragraphs[language]:
                line("A paragraph", paragraph, 1000)


@dataclass(frozen=True, slots=True)
class Signature:
    """One partner's yes to that version, under their own name. The other partner doesn't see it."""

    version: int
    name: str

    def __post_init__(self) -> None:
        line("Your name", self.name, 80)


DEFAULT_AGREEMENT = Agreement(
    {
        "en": (
            "We meet for sessions together, for sessions on your own, and in groups. Your page always shows when.",
            "Coming to every session helps most. If you can't, tell us as soon as you know: one tap on your page "
            "is enough, and nobody asks for more than you want to say.",
            "If you are late, we wait for you. After a while your therapist decides whether to begin with who is "
            "there or to find a new time.",
            "You are seen alone instead of together only if you both agreed to it and your therapist thinks it helps.",
            "What you say in sessions on your own stays there. Your partner doesn't see how you answered here.",
            "You can take back what you agree to at any time, here or by calling us.",
        ),
        "es": (
            "Nos vemos en sesiones en pareja, en sesiones a solas y en grupos. Su página siempre muestra cuándo.",
            "Venir a todas las sesiones es lo que más ayuda. Si no puede, avísenos en cuanto lo sepa: basta un toque "
            "en su página, y nadie le preguntará más de lo que quiera decir.",
            "Si llega tarde, le esperamos. Al cabo de un rato, su terapeuta decide si empezar con quien esté o buscar "
            "otra hora.",
            "Una sesión en pareja se hace a solas únicamente si los dos lo aceptaron y su terapeuta cree que ayuda.",
            "Lo que diga en sus sesiones a solas queda ahí. Su pareja no ve lo que usted responde aquí.",
            "Puede retirar lo que acepta en cualquier momento, aquí o llamándonos.",
        ),
    }
)
