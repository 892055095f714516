// The natural logarithm, step by step as Go's math.Log computes it, so that scores round alike on any machine.

/// ln x for x > 0.
func naturalLogarithm(_ x: Double) -> Double {
  let ln2Hi = 6.93147180369123816490e-01
  let ln2Lo = 1.90821492927058770002e-10
  var fraction = x.significand / 2
  var exponent = Double(x.exponent + 1)
  if fraction < 0.7071067811865476 {
    fraction *= 2
    exponent -= 1
  }
  let f = fraction - 1
  let s = f / (2 + f)
  let s2 = s * s
  let s4 = s2 * s2
  let t1 =
    s2 * (6.666666666666735130e-01 + s4 * (2.857142874366239149e-01 + s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)))
  let t2 = s4 * (3.999999999940941908e-01 + s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01))
  let r = t1 + t2
  let hfsq = 0.5 * f * f
  return exponent * ln2Hi - ((hfsq - (s * (hfsq + r) + exponent * ln2Lo)) - f)
}

/// The whole number nearest to a number that isn't negative, halves upwards (Go's math.Round without the C library's).
@inline(__always) func nearest(_ x: Double) -> Int64 {
  let whole = Int64(min(x, 9e15))
  return x - Double(whole) >= 0.5 ? whole + 1 : whole
}
