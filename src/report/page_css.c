/* SPDX-License-Identifier: Apache-2.0 */
/* How a report looks: on a screen of any width, light and dark, and on paper. */
#include "report/page_css.h"

#include <string.h>

#include "base/bytes.h"

const char ew_page_css[] =
    ":root{color-scheme:light "
    "dark;--ink:#1b1d21;--soft:#555b66;--line:#d5d9e0;--page:#fff;"
    "--panel:#f5f6f8;--mark:#0b5cad;--warn:#8a3b00;--warnbg:#fff4e5}\n"
    "@media "
    "(prefers-color-scheme:dark){:root{--ink:#e6e8ec;--soft:#a9b0bc;--line:#3a404a;"
    "--page:#15171b;--panel:#1f2329;--mark:#7db8f5;--warn:#ffb877;--warnbg:#33261a}}\n"
    "*{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%}\n"
    "body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,"
    "'Noto Sans','Noto Sans Khmer',sans-serif;overflow-wrap:break-word}\n"
    "header,nav,main,footer{max-width:1180px;margin:0 auto;padding:0 24px}\n"
    "header{padding-top:40px}\n"
    "h1{font-size:2rem;line-height:1.2;margin:.1em 0 .4em;overflow-wrap:anywhere}\n"
    "h2{font-size:1.4rem;line-height:1.25;margin:2.2em 0 .5em;padding-top:.5em;"
    "border-top:2px solid var(--line)}\n"
    "h3{font-size:1.1rem;margin:1.8em 0 .4em}\n"
    "h2 bdi,h3 bdi{overflow-wrap:anywhere}\n"
    "p,ul{margin:.6em 0;max-width:46em}\n"
    ".kicker{color:var(--soft);margin:0;letter-spacing:.02em}\n"
    ".answer{font-size:1.15rem;font-weight:600}\n"
    ".note,footer,.detail{color:var(--soft);font-size:.9rem}\n"
    ".warning{color:var(--warn);background:var(--warnbg);border-left:4px solid "
    "var(--warn);"
    "padding:.5em .8em}\n"
    "blockquote{margin:.8em 0;padding:.1em 1em;border-left:4px solid var(--line);"
    "max-width:46em}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em 1em;margin:.8em 0}\n"
    "dt{color:var(--soft)}\n"
    "dd{margin:0;overflow-wrap:anywhere}\n"
    "a{color:var(--mark)}\n"
    "nav{margin-top:1.2em}\n"
    "nav ol{columns:2;padding-left:1.4em;margin:.3em 0}\n"
    "figure{margin:1.2em 0}\n"
    "figcaption{margin-bottom:.4em}\n"
    ".picture .wide{background:#fff;border:1px solid var(--line);border-radius:6px}\n"
    ".picture svg{display:block;width:100%;min-width:640px;height:auto}\n"
    /* a shade at an edge behind which there is more */
    ".wide{overflow-x:auto;margin:1em 0;background:"
    "linear-gradient(90deg,var(--page) 30%,transparent) 0 0/40px 100% no-repeat local,"
    "linear-gradient(270deg,var(--page) 30%,transparent) 100% 0/40px 100% no-repeat "
    "local,"
    "linear-gradient(90deg,var(--line),transparent) 0 0/12px 100% no-repeat scroll,"
    "linear-gradient(270deg,var(--line),transparent) 100% 0/12px 100% no-repeat scroll}\n"
    ".wide:focus-visible,a:focus-visible{outline:3px solid "
    "var(--mark);outline-offset:2px}\n"
    "table{border-collapse:collapse;width:100%;font-size:.93rem}\n"
    "caption{text-align:left;font-weight:600;padding:.2em 0 .4em}\n"
    ".seen{display:inline-block;position:sticky;left:0;max-width:calc(100vw - 48px)}\n"
    "th,td{text-align:start;vertical-align:top;padding:.35em .7em .35em 0;"
    "border-bottom:1px solid var(--line)}\n"
    "th{color:var(--soft);font-weight:600;border-bottom-width:2px}\n"
    ".number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    ".place{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    ".outside{overflow-wrap:anywhere;min-width:9em;white-space:pre-line}\n"
    "td.hash,code{font-family:ui-monospace,'DejaVu Sans "
    "Mono',monospace;font-size:.85em}\n"
    "td.hash{overflow-wrap:anywhere;min-width:17em}\n"
    "pre{background:var(--panel);border-radius:6px;padding:.5em .8em;margin:.4em 0;"
    "white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ".sounds{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:"
    "1em;"
    "margin:1em 0}\n"
    ".sound{margin:0;padding:.7em;background:var(--panel);border-radius:6px}\n"
    ".sound .detail{display:block}\n"
    ".sound svg{display:block;width:100%;height:auto;margin:.4em 0;border-radius:4px}\n"
    "audio{width:100%;display:block}\n"
    "footer{border-top:2px solid var(--line);margin-top:3em;padding-top:1em;"
    "padding-bottom:3em}\n"
    "@media "
    "(max-width:600px){.seen{max-width:calc(100vw - "
    "32px)}header,nav,main,footer{padding-left:16px;padding-right:16px}"
    "h1{font-size:1.5rem}nav ol{columns:1}.sounds{grid-template-columns:1fr}"
    "header{padding-top:20px}}\n";

const char ew_page_paper[] =
    "@page{margin:16mm 14mm}\n"
    "@media "
    "print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--page:#fff;"
    "--panel:#f2f2f2;--mark:#000;--warn:#5c2a00;--warnbg:#fff}"
    "body{font-size:10pt;background:#fff}"
    "header,nav,main,footer{max-width:none;padding:0}"
    "h1{font-size:20pt}h2{font-size:14pt;margin-top:1.4em}h3{font-size:11.5pt}"
    "h2,h3,caption,thead,.answer,.picture figcaption{break-after:avoid}tbody "
    "tr:first-child{"
    "break-before:avoid}figure,tr,.warning,pre{break-inside:avoid}"
    "thead{display:table-header-group}"
    "ul,dl,blockquote{break-inside:avoid}p,li{orphans:3;widows:3}"
    "footer{margin-top:1.5em;padding-bottom:0;break-inside:avoid;break-before:avoid}"
    ".wide{overflow:visible;background:none}.seen{max-width:none;position:static}."
    "picture "
    "svg{min-width:0}"
    "table{font-size:8.5pt}td.hash{min-width:0;font-size:7pt}.outside{min-width:5em}"
    "a{text-decoration:none}"
    ".sounds{display:block;columns:2}.sound{padding:.2em 0;background:none;"
    "break-inside:avoid}audio{display:none}"
    ".sound figcaption::before{content:'\\266A  '}}\n";

/* Khmer letters stand in several storeys: lines need more room, and no letter is spaced from the next. */
static const ew_page_look looks[] = {
    {"km", "khmer", "Earwitness Khmer",
     "body{font-family:'Earwitness Khmer','Noto Sans Khmer',system-ui,'Noto Sans',"
     "sans-serif;line-height:1.8}\n"
     "h1,h2,h3,caption,th,figcaption{line-height:1.7}\n"
     ".kicker{letter-spacing:normal}\n"
     "th{overflow-wrap:anywhere}\n"
     "th{min-width:4.5em}\n"},
};

const ew_page_look *ew_page_look_of(const char *language)
{
    for (size_t i = 0; i < EW_COUNT(looks); i++)
        if (strcmp(looks[i].language, language) == 0)
            return &looks[i];
    return NULL;
}
