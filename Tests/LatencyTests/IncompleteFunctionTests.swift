import Foundation
import Latency
import Testing
import Units

@Suite("Incomplete gamma and beta functions are those of the literature")
struct IncompleteFunctionTests {
    @Test(
        "the gamma function's tails agree with mpmath's gammainc at mp.dps = 40",
        arguments: [
            (0.5, 0.1, 0.345279153981423, 0.654720846018577),
            (1, 3, 0.950212931632136, 0.0497870683678639),
            (3.5, 20, 0.999998741209613, 1.25879038737131e-6),
            (30, 60, 0.999993123735031, 6.8762649687321e-6),
            (150, 120, 0.00456344130415124, 0.995436558695849),
            (250, 200, 0.000362070458289693, 0.99963792954171),
            (250, 400, 1.0, 3.17700765923857e-16),
            (10000, 10500, 0.999999572412754, 4.27587245505965e-7),
            (1000000, 995000, 2.74958035927007e-7, 0.999999725041964),
        ])
    func gamma(_ a: Double, _ x: Double, _ lower: Double, _ upper: Double) {
        let tails = incompleteGamma(a, x)
        #expect(abs(tails.lower / lower - 1) < 1e-11, "\(tails.lower)")
        #expect(abs(tails.upper / upper - 1) < 1e-11, "\(tails.upper)")
    }

    @Test(
        "the beta function's tails agree with the series DLMF 8.17.8 of 60 digits",
        arguments: [
            (0.5, 0.5, 0.25, 0.333333333333333, 0.666666666666667),
            (2, 3, 0.4, 0.5248, 0.4752),
            (0.001, 2, 0.125, 0.998795901378175, 0.00120409862182522),
            (200, 0.25, 0.9990234375, 0.293937519885997, 0.706062480114003),
            (30, 70, 0.5, 0.999976968785178, 2.30312148218737e-5),
            (60, 90, 0.25, 3.01811769442939e-5, 0.999969818823056),
            (1000, 2000, 0.375, 0.999999015445236, 9.84554764425772e-7),
            (5000, 0.5, 0.998046875, 9.80330078211613e-6, 0.999990196699218),
            (20000, 30000, 0.40625, 0.997803661814767, 0.00219633818523259),
        ])
    func beta(_ a: Double, _ b: Double, _ x: Double, _ lower: Double, _ upper: Double) {
        let tails = incompleteBeta(x, complement: 1 - x, a, b)
        #expect(abs(tails.lower / lower - 1) < 1e-11, "\(tails.lower)")
        #expect(abs(tails.upper / upper - 1) < 1e-11, "\(tails.upper)")
    }

    @Test("the beta function obeys its recurrence and its symmetry wherever it is computed")
    func recurrence() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let a = exp(Double.random(in: -6...14, using: &generator))
            let b = exp(Double.random(in: -6...14, using: &generator))
            let ratio = exp(Double.random(in: -1...1, using: &generator))
            let (x, y) = (a * ratio / (a * ratio + b), b / (a * ratio + b))
            let tails = incompleteBeta(x, complement: y, a, b)
            let mirrored = incompleteBeta(y, complement: x, b, a)
            #expect(tails.lower == mirrored.upper && tails.upper == mirrored.lower, "seed \(seed)")
            // I_x(a, b) − I_x(a + 1, b) = x^a y^b / (a B(a, b)) (DLMF 8.17.20)
            let next = incompleteBeta(x, complement: y, a + 1, b)
            let step = exp(SaddlePoint.logOfBinomialTerm(a, b, deviation: a * y - b * x))
            let exact = step * b / (a + b)
            let found = tails.lower - next.lower
            #expect(abs(found - exact) <= 1e-11 * (exact + tails.lower), "seed \(seed)")
        }
    }

    @Test("at the ends of their range all lies on one side")
    func ends() {
        #expect(incompleteGamma(3, 0).lower == 0 && incompleteGamma(3, .infinity).upper == 0)
        #expect(incompleteBeta(0, complement: 1, 2, 3).lower == 0)
        #expect(incompleteBeta(1, complement: 0, 2, 3).upper == 0)
    }
}
