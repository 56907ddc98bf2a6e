"""The frame of every page: its head, its one style sheet, its plain label."""

import html

from payments.sandbox.wire import Response

STYLE = """
:root{color-scheme:light dark;--paper:#fdfcf9;--ink:#16181b;--quiet:#55585c;--line:#d8d6d0;
--edge:#76797d;--brand:#0b4f6c;--on:#fff;--wrong:#9b1326;--tint:#f1efe8}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#eceae4;--quiet:#b2b1ac;
--line:#34383c;--edge:#8b8e92;--brand:#8cc8e2;--on:#10202a;--wrong:#ff9aa6;--tint:#1d2226}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:18px/1.5 -apple-system,
"Segoe UI",Roboto,Ubuntu,Cantarell,"Noto Sans","Liberation Sans",Arial,system-ui,sans-serif}
main{max-width:36rem;margin:0 auto;padding:16px 16px 72px}
.label{background:var(--tint);border-bottom:1px solid var(--line);padding:8px 16px;
text-align:center;font-size:16px}
h1{font-size:28px;font-weight:600;line-height:1.2;margin:32px 0 4px;overflow-wrap:anywhere}
h2{font-size:21px;font-weight:600;line-height:1.3;margin:32px 0 8px}
.sum{font-size:37px;line-height:1.2;margin:0 0 24px;font-variant-numeric:tabular-nums}
.sum small{font-size:18px;color:var(--quiet)}
label,legend{display:block;font-size:16px;font-weight:600;margin:16px 0 4px;padding:0}
input[type=text],input[type=email]{width:100%;min-height:48px;padding:8px 12px;font:inherit;
color:inherit;background:transparent;border:1px solid var(--edge);border-radius:2px}
fieldset{border:0;padding:0;margin:20px 0 0}
form:has([value=card]:checked) .debit,form:has(input[value$=_debit]:checked) .card{display:none}
.choice{display:flex;gap:8px;align-items:center;min-height:44px;font-weight:400;margin:0}
.choice input{width:20px;height:20px;margin:0;accent-color:var(--brand)}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:16px;align-items:end}
button{font:inherit;font-weight:600;min-height:48px;padding:8px 24px;border-radius:2px;
border:1px solid var(--brand);background:var(--brand);color:var(--on);width:100%;margin:24px 0 8px;
cursor:pointer;text-wrap:balance}
button.second{background:transparent;color:var(--brand)}
a{color:var(--brand)}
a,button,input{outline-offset:2px}
:focus-visible{outline:3px solid var(--brand)}
.wrong{border-left:4px solid var(--wrong);padding:8px 16px;margin:16px 0;background:var(--tint)}
.wrong strong{color:var(--wrong)}
.quiet{color:var(--quiet);font-size:16px}
ul.cards{list-style:none;padding:0;margin:0;border-top:1px solid var(--line)}
ul.cards li{border-bottom:1px solid var(--line)}
ul.cards a{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;padding:10px 0;
text-decoration:none;font-size:16px;min-height:44px}
ul.cards a span:first-child{text-decoration:underline;font-variant-numeric:tabular-nums}
ul.cards a span:last-child{color:var(--quiet)}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line)}
form.inline{display:inline}
button.small{width:auto;min-height:32px;padding:2px 12px;margin:2px 4px 2px 0;font-size:15px;
background:transparent;color:var(--brand)}
td{white-space:nowrap}
.num{text-align:right;font-variant-numeric:tabular-nums}
.num+*{padding-left:12px}
.wide{max-width:80rem}.scroll{overflow-x:auto}
code{overflow-wrap:anywhere}
"""
FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,">
<title>{title}</title><style>{style}</style></head>
<body><header class="label"><strong>Sandbox:</strong> no money moves.</header>
<main{wide}>{body}</main></body></html>
"""


def text(value):
    return html.escape("" if value is None else str(value))


def page(title, *, body, status=200, wide=False):
    whole = FRAME.format(
        title=text(title), style=STYLE, body=body, wide=' class="wide"' if wide else ""
    )
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Response(status, headers, whole.encode())


def redirect(url):
    return Response(303, {"Location": url, "Cache-Control": "no-store"}, b"")


def closed(title, *, sentence, link=None):
    """A page that only says why nothing can be done here."""
    way = f'<p><a href="{text(link)}">Go back</a></p>' if link else ""
    return page(title, body=f"<h1>{text(title)}</h1><p>{text(sentence)}</p>{way}")


ZERO_DECIMAL = {
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
}  # fmt: skip
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}


def amount(minor, *, currency):
    places = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    whole, rest = divmod(abs(minor), 10**places)
    figures = f"{'-' if minor < 0 else ''}{whole:,}" + (f".{rest:0{places}d}" if places else "")
    symbol = SYMBOLS.get(currency)
    if not symbol:
        return f"{currency.upper()} {figures}"
    return f"-{symbol}{figures[1:]}" if minor < 0 else symbol + figures
