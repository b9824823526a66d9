/// A colour by its role, with one value for a light page and one for a dark page.
///
/// The light value stands in the attributes of each element, where every renderer finds it; the
/// dark one only in a style sheet under a media query, which renderers that know none ignore.
enum Ink: Equatable {
    case background, text, muted, grid, stripe, axis
    /// A colour of the series palette; numbers past its end begin again.
    case series(Int)

    /// The roles other than the series' colours.
    static let roles: [Ink] = [.background, .text, .muted, .grid, .stripe, .axis]

    /// Okabe and Ito's colours for colour-blind readers ("Color Universal Design", 2008), darkened
    /// or lightened to a contrast of 4.5 : 1 against their page, because they also set text.
    static let palette: [(light: String, dark: String)] = [
        ("#0067a5", "#5cb8f0"), ("#b84a00", "#ff9150"), ("#00795a", "#33c99e"),
        ("#97407a", "#e9a0cb"), ("#806000", "#e8bc1c"), ("#4b5563", "#c3cad3"),
    ]

    /// The name of the role in class attributes.
    var name: String {
        switch self {
        case .background: "background"
        case .text: "text"
        case .muted: "muted"
        case .grid: "grid"
        case .stripe: "stripe"
        case .axis: "axis"
        case .series(let index): "series-\(Self.slot(index))"
        }
    }

    /// The colour on a light page.
    var light: String { values.light }
    /// The colour on a dark page.
    var dark: String { values.dark }

    private var values: (light: String, dark: String) {
        switch self {
        case .background: ("#ffffff", "#0d1117")
        case .text: ("#1f2328", "#f0f6fc")
        case .muted: ("#59636e", "#9aa4b0")
        case .grid: ("#e3e7ec", "#262d36")
        case .stripe: ("#f6f8fa", "#151b23")
        case .axis: ("#818b98", "#6b747f")
        case .series(let index): Self.palette[Self.slot(index)]
        }
    }

    private static func slot(_ index: Int) -> Int { Int(index.magnitude) % palette.count }

    /// The style sheet of every chart: the dark values, for readers who prefer them.
    static var styleSheet: String {
        let inks = roles + palette.indices.map { Ink.series($0) }
        let rules = inks.map { ink in
            ".fill-\(ink.name){fill:\(ink.dark)}.stroke-\(ink.name){stroke:\(ink.dark)}"
        }
        return "@media (prefers-color-scheme: dark){\n\(rules.joined(separator: "\n"))\n}"
    }
}
