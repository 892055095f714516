import Formats

// The name that somebody probably meant.

/// The candidate nearest to what was written, by letters typed wrongly, left out, doubled or swapped; nil where none is near.
/// Of several the first is taken.
public func nearest(to text: String, in candidates: some Sequence<String>) -> String? {
  let wanted = Array(text.lowercased().utf8)
  if wanted.isEmpty || wanted.count > 64 { return nil }
  // One slip in a short word, two or three in a long one.
  let limit = wanted.count <= 3 ? 1 : wanted.count <= 8 ? 2 : 3
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let bytes = Array(candidate.lowercased().utf8)
    if abs(bytes.count - wanted.count) > limit { continue }
    let distance = slips(wanted, bytes)
    // Something of the word must be left.
    if distance > limit || distance >= max(wanted.count, bytes.count) { continue }
    if distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  return best?.name
}

/// The Damerau-Levenshtein distance (optimal string alignment).
private func slips(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var older = [Int](repeating: 0, count: b.count + 1)
  var old = Array(0...b.count)
  var new = old
  for i in 0..<a.count {
    new[0] = i + 1
    for j in 0..<b.count {
      var least = min(old[j + 1] + 1, new[j] + 1, old[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, older[j - 1] + 1) }
      new[j + 1] = least
    }
    (older, old, new) = (old, new, older)
  }
  return old[b.count]
}
