"""How much our rendition costs above bare typst.

Bare typst sets the same words of the same lines in its plain table, with the same faces, PDF
standard, tags and time stamp: all that must be done to have such a PDF at all. Ours has in addition
the preparation, the layout, header and footer, and the tidying after a long one.

Both run in turn, on words that no run before has had (typst remembers), and are measured in
processor time, which neighbours on the machine disturb least. Medians.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import typst

from documents import rendering
from documents.invoice import Invoice, Line, Party, Payment, Period, Totals, Vat
from documents.sheet import MOST_RULED, compose

RESULTS = Path(__file__).parent / "results"
SOURCE = "0" * 64
ROUNDS = {3: 31, 30: 21, 300: 11}
BAR_AT, BAR = 300, 1.3
BARE = b"""
#let rows = json(bytes(sys.inputs.rows))
#set page(paper: "a4")
#set text(font: "Source Sans Pro", size: 9.5pt)
#table(columns: 7, ..rows.flatten())
"""


def an_invoice(lines: int, of_round: int) -> Invoice:
    """Return an invoice of a leasing company, with words that only this round has."""
    net = Decimal("448.75") + of_round
    return Invoice(
        syntax="ubl",
        type="invoice",
        type_code="380",
        number=f"F26-{of_round:05}",
        issue_date=date(2026, 11, 12),
        due_date=date(2026, 12, 12),
        currency="EUR",
        seller=Party(name="Meridiaan Lease nv", address=("Kouterdreef 18", "9000 Gent")),
        buyer=Party(name="Bakkerij De Korenaar bv", customer_number="DL5-104233"),
        lines=tuple(
            Line(
                number=str(at),
                name=f"Operationele leasing {of_round}-{at}",
                description=f"1-HKR-{at:03}" if at % 2 else None,
                period=Period(date(2026, 12, 1), date(2026, 12, 31)),
                quantity=Decimal(1),
                unit="MON",
                unit_price=net + at,
                net=net + at,
                vat_category="S",
                vat_rate=Decimal(21),
            )
            for at in range(1, lines + 1)
        ),
        line_count=lines,
        vat=(Vat(category="S", rate=Decimal(21), base=net * lines, amount=net),),
        totals=Totals(excl_vat=net * lines, vat=net, incl_vat=net * lines, due=net * lines),
        payments=(Payment(means="credit_transfer", iban="BE75735004128851"),),
    )


def ours(invoice: Invoice) -> Callable[[], bytes]:
    """Return what sets an invoice our way."""
    return lambda: rendering.render(invoice, "nl", source=SOURCE).pdf


def bare(invoice: Invoice) -> Callable[[], bytes]:
    """Return what sets the same lines in a plain table; their words come ready."""
    rows = compose(invoice, rendering.words("nl"), SOURCE)["table"]["rows"]
    for row in rows:
        row["cells"][1] = "\n".join((row["cells"][1], *row["details"]))
    given = {"rows": json.dumps([row["cells"] for row in rows], ensure_ascii=False)}

    def set_them() -> Any:
        compiler = typst.Compiler(BARE, font_paths=rendering.faces(), sys_inputs=given)
        return compiler.compile(
            format="pdf",
            pdf_standards="a-3b",
            timestamp=datetime(2026, 11, 12, tzinfo=UTC),
            pdf_tags=len(rows) <= MOST_RULED,
        )

    return set_them


def milliseconds(work: Callable[[], bytes]) -> float:
    """Return the processor time of some work that nothing is remembered of."""
    rendering._forget()
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def main() -> None:
    """Measure, print a table, and keep the figures."""
    for way in (ours, bare):  # faces and words are read once, and not by what is measured
        way(an_invoice(1, 0))()
    print(f"{'lines':>5}  {'ours, ms':>9}  {'bare, ms':>9}  {'ratio':>5}  bar")
    figures = []
    for lines, rounds in ROUNDS.items():
        took: dict[str, list[float]] = {"ours": [], "bare": []}
        for of_round in range(1, rounds + 1):
            invoice = an_invoice(lines, of_round)
            took["ours"].append(milliseconds(ours(invoice)))
            took["bare"].append(milliseconds(bare(invoice)))
        mine, plain = median(took["ours"]), median(took["bare"])
        bar = f"at most {BAR}" if lines == BAR_AT else ""
        print(f"{lines:>5}  {mine:>9.1f}  {plain:>9.1f}  {mine / plain:>5.2f}  {bar}")
        figures.append({"lines": lines, "ours_ms": mine, "bare_ms": plain, "rounds": rounds})
    RESULTS.mkdir(exist_ok=True)
    kept = {"typst": typst.__version__, "bar": {"lines": BAR_AT, "ratio": BAR}, "runs": figures}
    (RESULTS / "renditions.json").write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
