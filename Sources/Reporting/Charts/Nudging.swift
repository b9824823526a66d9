/// Moves labels of a column apart as little as it takes.
enum Nudging {
    /// The centres of labels that wish to stand at `wishes` and are `heights` high, in the order
    /// given, without touching and within `range` wherever they fit in it.
    ///
    /// Labels that touch become one block around the mean of their wishes; blocks merge until none
    /// touch. The order of the wishes is kept, so that lines from label to wish never cross.
    static func centers(
        wishes: [Double], heights: [Double], within range: ClosedRange<Double>
    ) -> [Double] {
        let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
        var blocks: [Block] = []
        for index in order {
            var block = Block(members: [index], height: heights[index], wish: wishes[index])
            block.keep(within: range)
            while let previous = blocks.last, previous.bottom > block.top {
                blocks.removeLast()
                block = previous.joined(with: block)
                block.keep(within: range)
            }
            blocks.append(block)
        }
        var result = wishes
        for block in blocks {
            var top = block.top
            for index in block.members {
                result[index] = top + heights[index] / 2
                top += heights[index]
            }
        }
        return result
    }

    /// Labels that stand one upon the other.
    private struct Block {
        var members: [Int]
        var height: Double
        /// Where the block's centre would like to be.
        var wish: Double
        var center: Double = 0
        var top: Double { center - height / 2 }
        var bottom: Double { center + height / 2 }

        init(members: [Int], height: Double, wish: Double) {
            self.members = members
            self.height = height
            self.wish = wish
            center = wish
        }

        mutating func keep(within range: ClosedRange<Double>) {
            center = max(min(wish, range.upperBound - height / 2), range.lowerBound + height / 2)
        }

        func joined(with other: Block) -> Block {
            let (left, right) = (Double(members.count), Double(other.members.count))
            return Block(
                members: members + other.members, height: height + other.height,
                wish: (wish * left + other.wish * right) / (left + right))
        }
    }
}
