extension ReportDocument {
    /// The report as one page that needs nothing else: no script, nothing from elsewhere, and it is told to take none.
    public var html: String { page(refresh: nil) }

    /// The same as a page of a site that lists all changes at its root; it is asked for anew every so many seconds.
    public func livePage(every seconds: Int) -> String { page(refresh: seconds) }

    private func page(refresh: Int?) -> String {
        let back: Markup = refresh == nil ? "" : "<p><a href=\"/\">all changes</a></p>"
        let content: Markup = """
            \(back)\(head)\(timeline)\(charts)\(lockTable)\(comparisonTable)\(evidenceList)\(trail)
            """
        return Markup.page("\(status.change): \(status.headline)", content, refresh: refresh).source
    }

    private var head: Markup {
        let items = phases.map { phase -> Markup in
            let isNow = phase.state == "under way"
            let kind = phase.state == "reached" ? "reached" : isNow ? "now" : "ahead"
            return "<li class=\"\(kind)\">\(phase.state == "reached" ? "✓ " : isNow ? "▶ " : "")\(phase.name)</li>"
        }
        let facts = self.facts.map { name, text -> Markup in "<dt>\(name)</dt><dd>\(text)</dd>" }
        return """
            <header><h1>\(status.change)</h1>
            <p class="faint">Change \(status.number) of \(status.table), \(recipe) (\(arguments.joined(separator: ", "))). Made \(made).</p>
            <ol class="phases">\(items)</ol></header>
            <dl>\(facts)</dl>

            """
    }

    private var timeline: Markup {
        let rows = phases.map { phase -> Markup in
            let steps = phase.steps.map { step -> Markup in
                """
                <tr><td>\(step.title)</td><td data-label="state">\(step.state ?? "ahead")</td>\
                <td class="time" data-label="begun">\(step.begunAt ?? "")</td>\
                <td class="number" data-label="took">\(step.seconds.map(Self.duration) ?? "")</td>\
                <td class="number" data-label="waited for locks">\(step.waitText)</td></tr>

                """
            }
            return """
                <tr class="phase"><td colspan="5">\(phase.name) <span>\(phase.summary)</span></td></tr>
                \(steps)
                """
        }
        return """
            <section><h2>Phases and steps</h2>
            \(strip)<table><thead><tr><th>step</th><th>state</th><th>begun</th><th class="number">took</th>\
            <th class="number">waited for locks</th></tr></thead><tbody>
            \(rows)</tbody></table></section>

            """
    }

    /// When which phase was worked on, from the first step to the last one.
    private var strip: Markup {
        let worked = phases.compactMap { phase in
            phase.begun.flatMap { begun in phase.ended.map { (phase.name, begun, $0) } }
        }
        guard let first = worked.map(\.1).min(), let last = worked.map(\.2).max(), last > first else { return "" }
        let marks = worked.map { name, begun, ended -> Markup in
            let x = (begun - first) / (last - first) * 1000
            // What takes no time beside weeks must be seen all the same.
            let width = max(4, (ended - begun) / (last - first) * 1000)
            return
                "<rect x=\"\(Self.number(min(x, 996)))\" y=\"0\" width=\"\(Self.number(width))\" height=\"20\"><title>\(name)</title></rect>"
        }
        let names = worked.map { "\($0.0) \(Self.duration($0.2 - $0.1))" }.joined(separator: ", ")
        return """
            <svg class="strip" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="phases over time">\(marks)</svg>
            <div class="axis"><span>0</span><span>\(Self.duration(last - first))</span></div>
            <p class="faint">Time that was worked: \(names).</p>

            """
    }

    private var charts: Markup {
        let figures = ReportChart.all.compactMap { $0.markup(backfill) }
        let compared = ReportChart.rate.markup(compare)
        guard !figures.isEmpty || compared != nil else { return "" }
        let note: Markup =
            backfill.contains { $0.held != nil } || compare.contains { $0.held != nil }
            ? "<p class=\"faint\">Shaded: held back, by \(heldSignals).</p>" : ""
        let backfilled: Markup = figures.isEmpty ? "" : "<section><h2>Backfill</h2>\(note)\(figures)</section>\n"
        guard let compared else { return backfilled }
        return "\(backfilled)<section><h2>Comparison</h2>\(compared)</section>\n"
    }

    private var lockTable: Markup {
        guard !locks.isEmpty else { return "" }
        let rows = locks.map { lock -> Markup in
            """
            <tr><td>\(lock.step)</td><td data-label="phase">\(lock.phase)</td><td data-label="table">\(lock.table)</td>\
            <td data-label="lock">\(lock.mode)</td><td data-label="why">\(lock.reason)</td></tr>

            """
        }
        return """
            <section><h2>Locks asked for</h2>
            <table><thead><tr><th>step</th><th>phase</th><th>table</th><th>lock</th><th>why</th></tr></thead><tbody>
            \(rows)</tbody></table></section>

            """
    }

    private var comparisonTable: Markup {
        guard !comparisons.isEmpty else { return "" }
        let rows = comparisons.map { one -> Markup in
            """
            <tr><td class="time">\(one.at)</td><td data-label="table">\(one.table)</td>\
            <td class="number" data-label="rows">\(Count.text(one.rows))</td>\
            <td class="number" data-label="differed">\(Count.text(one.differences))</td>\
            <td class="number" data-label="mended">\(Count.text(one.repaired))</td>\
            <td class="number" data-label="don't fit">\(Count.text(one.unfit))</td>\
            <td class="number" data-label="took">\(Self.duration(one.seconds))</td></tr>

            """
        }
        return """
            <section><h2>Rows compared</h2>
            <table><thead><tr><th>ended</th><th>table</th><th class="number">rows</th><th class="number">differed</th>\
            <th class="number">mended</th><th class="number">don't fit</th><th class="number">took</th></tr></thead><tbody>
            \(rows)</tbody></table></section>

            """
    }

    private var evidenceList: Markup {
        let items = evidence.map { sentence -> Markup in "<p>\(sentence)</p>" }
        return "<section><h2>Use of the old name</h2>\(items)</section>\n"
    }

    private var trail: Markup {
        let items = audit.map { line -> Markup in
            let statements: Markup =
                line.statements.map {
                    $0.isEmpty ? "" : "<details><summary>statements</summary><pre>\($0)</pre></details>"
                } ?? ""
            return """
                <li><span class="time">\(line.at)</span> <b>\(line.what)</b><br><span class="faint">\(line.actor), \(line.origin)</span>\
                \(statements)</li>

                """
        }
        return "<section><h2>Who did what</h2><ol class=\"trail\">\(items)</ol></section>\n"
    }

    static func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
