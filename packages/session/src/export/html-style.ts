/** The look of an exported page: one column, light and dark by the reader's system, no fonts or pictures from elsewhere. */
export const pageStyle = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1a1d21;--soft:#5c6470;--line:#e3e6ea;--well:#f5f6f8;--mark:#2f6fde;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#16181b;--ink:#e4e6e9;--soft:#9aa2ad;--line:#2b2f35;--well:#1e2125;--mark:#7aa7f7;--bad:#f28b82}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:56rem;background:var(--paper);color:var(--ink);font:14px/1.55 system-ui,sans-serif}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 1rem}
h2{font-size:.95rem;margin:2.5rem 0 1rem;padding-top:1rem;border-top:1px solid var(--line)}
h2 time,.notes,summary .notes{color:var(--soft);font-weight:400}
table{border-collapse:collapse;margin:0 0 1rem}
th,td{padding:.15rem 1.25rem .15rem 0;text-align:left;vertical-align:top;font-weight:400;overflow-wrap:anywhere}
th{color:var(--soft);white-space:nowrap}
td.figure{text-align:right;font-variant-numeric:tabular-nums}
th.part{padding-left:1rem}
section{margin:1rem 0;unicode-bidi:isolate}
h3{font-size:.8rem;margin:0 0 .25rem;color:var(--soft)}
.human{border-left:3px solid var(--mark);padding:.25rem 0 .25rem .9rem}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:0 0 .5rem}
pre{margin:.25rem 0 .5rem;padding:.6rem .75rem;background:var(--well);border-radius:6px;overflow:auto;max-height:32rem;font:12.5px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
details{border-left:3px solid var(--line);padding-left:.9rem}
summary{cursor:pointer;overflow-wrap:anywhere}
summary code{font:12.5px ui-monospace,monospace}
.bad,.bad h3,.bad summary b{color:var(--bad)}
.spent{color:var(--soft);font-variant-numeric:tabular-nums}
@media print{details>*{display:block}pre{max-height:none}}
`.trim();
