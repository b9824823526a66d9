import Glibc

/// The shape that marks a point, so that series differ without colour.
enum Marker: Int, CaseIterable {
    case circle, square, triangle, diamond, pointingDown, cross

    /// The shape in turn for a series; numbers past the end begin again.
    init(turn: Int) {
        self = Self.allCases[Int(turn.magnitude) % Self.allCases.count]
    }

    /// What several of them are called in a sentence.
    var plural: String {
        switch self {
        case .circle: "circles"
        case .square: "squares"
        case .triangle: "triangles"
        case .diamond: "diamonds"
        case .pointingDown: "triangles on their tips"
        case .cross: "crosses"
        }
    }

    /// The outline around `center`; `radius` in pixels is that of a circle of like weight.
    func corners(around center: Spot, radius: Double) -> [Spot] {
        unit.map { Spot(center.x + $0.x * radius, center.y + $0.y * radius) }
    }

    private var unit: [Spot] {
        switch self {
        case .circle: Self.polygon(24, turned: 0)
        case .square: [Spot(-0.9, -0.9), Spot(0.9, -0.9), Spot(0.9, 0.9), Spot(-0.9, 0.9)]
        case .triangle: [Spot(0, -1.25), Spot(1.15, 0.85), Spot(-1.15, 0.85)]
        case .diamond: [Spot(0, -1.3), Spot(1.3, 0), Spot(0, 1.3), Spot(-1.3, 0)]
        case .pointingDown: [Spot(0, 1.25), Spot(1.15, -0.85), Spot(-1.15, -0.85)]
        case .cross: Self.saltire
        }
    }

    /// An upright cross turned by an eighth of a circle.
    private static let saltire: [Spot] = {
        let (arm, half) = (1.35, 0.38)
        let upright = [
            (-half, -arm), (half, -arm), (half, -half), (arm, -half), (arm, half), (half, half),
            (half, arm), (-half, arm), (-half, half), (-arm, half), (-arm, -half), (-half, -half),
        ]
        let turn = 0.5.squareRoot()
        return upright.map { Spot(($0.0 - $0.1) * turn, ($0.0 + $0.1) * turn) }
    }()

    private static func polygon(_ count: Int, turned: Double) -> [Spot] {
        (0..<count).map { corner in
            let angle = turned + 2 * Double.pi * Double(corner) / Double(count)
            return Spot(cos(angle), sin(angle))
        }
    }
}
