extension Markup {
    /// A page that takes nothing from elsewhere.
    ///
    /// - Parameter refresh: after how many seconds a browser asks for it again; nil for never.
    static func page(_ title: String, _ content: Markup, refresh: Int?) -> Markup {
        let again: Markup = refresh.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            \(again)<link rel="icon" href="data:,">
            <title>\(title)</title>
            <style>\(style)</style>
            </head>
            <body><main>
            \(content)
            </main></body>
            </html>

            """
    }

    /// The page's style: light and dark by the reader's own choice, readable from a phone's width on, and on paper.
    private static let style: Markup = """
        :root{color-scheme:light dark;--back:#fff;--text:#1c2430;--faint:#5b6776;--line:#d9dfe7;--soft:#f4f6f9;--mark:#1662c4;
        --good:#147a3d;--slow:#9a5b00;--bad:#b3261e}
        @media (prefers-color-scheme:dark){:root{--back:#12161c;--text:#e3e8ef;--faint:#9aa7b8;--line:#2c3542;--soft:#1a2029;
        --mark:#6aa9ff;--good:#5ecb88;--slow:#e5aa4b;--bad:#ff8a80}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif;overflow-wrap:break-word}
        h1,dd,p,li,td:first-child,td:last-child{overflow-wrap:anywhere}
        main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
        h2{font-size:1.15rem;margin:2.5rem 0 .75rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
        p{margin:.4rem 0}
        .faint,figcaption span,.axis,th,dt{color:var(--faint)}
        .good{color:var(--good)}.slow{color:var(--slow)}.bad{color:var(--bad)}
        .phases{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:1rem 0}
        .phases li{padding:.2rem .8rem;border:1px solid var(--line);border-radius:1rem;color:var(--faint)}
        .phases .reached{background:var(--soft);border-color:var(--good);color:var(--good)}
        .phases .now{border:2px solid var(--mark);color:var(--mark);font-weight:600}
        dl{display:grid;grid-template-columns:minmax(6.5rem,max-content) 1fr;gap:.3rem 1.2rem;margin:0}
        dd{margin:0}
        table{border-collapse:collapse;width:100%;font-size:.93rem}
        th{text-align:left;font-weight:500}
        th,td{padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        th:last-child,td:last-child{padding-right:0}
        .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        .time{white-space:nowrap;font-variant-numeric:tabular-nums}
        .phase td{background:var(--soft);padding-left:.5rem;font-weight:600}
        .phase span{font-weight:400;color:var(--faint)}
        figure{margin:1.2rem 0}
        figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;margin-bottom:.3rem}
        .chart{position:relative;padding-top:1.2rem;background:var(--soft);border-bottom:1px solid var(--faint)}
        .chart svg{display:block;width:100%;height:9rem}
        .chart span{position:absolute;left:.35rem;font-size:.78rem;color:var(--faint);line-height:1.2}
        .chart .top{top:.15rem}
        .axis{display:flex;justify-content:space-between;font-size:.78rem}
        .line{fill:none;stroke:var(--mark);stroke-width:1.5;vector-effect:non-scaling-stroke}
        .area{fill:var(--mark);opacity:.13}
        .held{fill:var(--slow);opacity:.28}
        .gap{stroke:var(--faint);stroke-dasharray:4 4;vector-effect:non-scaling-stroke}
        .strip{display:block;width:100%;height:1.6rem;background:var(--soft)}
        .strip rect{fill:var(--mark)}.strip rect:nth-of-type(even){opacity:.6}
        ol.trail{list-style:none;padding:0;margin:0}
        ol.trail>li{padding:.45rem 0;border-bottom:1px solid var(--line)}
        ol.trail .faint{font-size:.85rem}
        summary{cursor:pointer;color:var(--mark);font-size:.85rem}
        pre{margin:.4rem 0;padding:.6rem;background:var(--soft);font-size:.8rem;overflow-x:auto;white-space:pre-wrap}
        code{font-size:.93em}
        @media (max-width:40rem){
        dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}
        thead{display:none}
        table,tbody,tr,td{display:block}
        tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
        td,.number{border:0;padding:.1rem 0;text-align:left;white-space:normal}
        td[data-label]:not(:empty)::before{content:attr(data-label)": ";color:var(--faint)}
        .phase{padding:0}.phase td{padding:.35rem .5rem}
        }
        @media print{details{display:block}main{max-width:none}}
        """
}
