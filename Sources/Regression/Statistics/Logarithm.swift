import Foundation

/// The natural logarithm, under a name that no other module takes.
func naturalLogarithm(_ value: Double) -> Double { Foundation.log(value) }
