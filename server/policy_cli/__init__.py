"""`dyad policy …`: ask the attendance policy, and try a changed one before it counts."""

from __future__ import annotations

import typer

from server.policy_cli.adopting import adopt, listed
from server.policy_cli.deciding import decide_command
from server.policy_cli.proving import check, diff, prove
from server.policy_cli.simulating import simulate

app = typer.Typer(no_args_is_help=True, help="Ask the attendance policy (server/POLICY.md), and try a changed one.")
app.command("decide", epilog="Example: dyad policy decide --facts facts.json")(decide_command)
app.command("check", epilog="Example: dyad policy check harbour.yaml")(check)
app.command("prove", epilog="Example: dyad policy prove harbour.yaml --examples ./examples")(prove)
app.command("diff", epilog="Example: dyad policy diff default harbour.yaml")(diff)
app.command("simulate", epilog="Example: dyad policy simulate harbour.yaml --sessions 10000 --picture year.svg")(
    simulate
)
app.command("adopt", epilog="Example: dyad policy adopt harbour.yaml --data ./data")(adopt)
app.command("list", epilog="Example: dyad policy list --data ./data")(listed)
