# R's rank-sum test, which ours is held against: Rscript peer.R > R.csv
#
# Each line is a number that belongs to a set of samples: a value of one of the samples, the
# estimate of the shift, a bound of its interval at a confidence, or the chance that the shift is
# above or below a tested one.

sizes <- list(
  c(3, 3), c(3, 40), c(40, 3), c(4, 4), c(5, 5), c(5, 6), c(6, 6), c(7, 7), c(8, 8), c(8, 8),
  c(9, 9), c(10, 10), c(8, 12), c(12, 20), c(15, 15), c(20, 20), c(20, 20), c(13, 31), c(25, 25),
  c(30, 40), c(35, 11), c(40, 40), c(40, 39), c(49, 49))
draws <- list(
  function(n) rnorm(n, 0, 0.05), function(n) rexp(n, 3), function(n) rcauchy(n) / 100,
  function(n) rlnorm(n, 10, 2))

number <- function(x) sprintf("%.17g", x)
line <- function(set, name, at, value) {
  cat(set, name, at, number(value), sep = ",")
  cat("\n")
}

set.seed(1945)
cat("set,name,at,value\n")
for (set in seq_along(sizes)) {
  draw <- draws[[(set - 1) %% length(draws) + 1]]
  baseline <- draw(sizes[[set]][1])
  candidate <- draw(sizes[[set]][2]) + sample(c(0, 0.03, 0.2), 1)
  for (value in baseline) line(set, "baseline", "", value)
  for (value in candidate) line(set, "candidate", "", value)
  for (level in c(0.95, 0.99)) {
    test <- suppressWarnings(
      wilcox.test(candidate, baseline, exact = TRUE, conf.int = TRUE, conf.level = level))
    # Where no interval has the confidence, R gives the widest and a warning; then none is asked.
    if (2 / choose(length(baseline) + length(candidate), length(baseline)) > 1 - level) next
    line(set, "low", number(level), test$conf.int[1])
    line(set, "high", number(level), test$conf.int[2])
  }
  line(set, "shift", "", test$estimate)
  for (shift in c(0, test$estimate * c(0.5, 0.97, 1.5), -0.01, 0.05, 0.25)) {
    for (side in c("greater", "less")) {
      p <- wilcox.test(candidate, baseline, exact = TRUE, mu = shift, alternative = side)$p.value
      line(set, if (side == "greater") "above" else "below", number(shift), p)
    }
  }
}
