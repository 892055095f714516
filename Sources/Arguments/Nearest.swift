// What a misspelt word was perhaps meant to be.

/// The word of `words` nearest to `word`, if one is near enough to be meant.
public func nearest(_ word: String, among words: [String]) -> String? {
  let wanted = word.lowercased()
  let bound = max(1, min(3, wanted.count / 3))
  var best: (word: String, distance: Int)?
  for candidate in words {
    var distance = editDistance(wanted, candidate.lowercased())
    if !wanted.isEmpty, wanted.count > 2, candidate.lowercased().hasPrefix(wanted) { distance = min(distance, 1) }
    if distance <= bound, distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  return best?.word
}

/// How many letters must be added, dropped, changed or (with `swaps`) swapped with their neighbour to make `b` of `a`.
public func editDistance(_ a: String, _ b: String, swaps: Bool = true) -> Int {
  let a = Array(a.utf8)
  let b = Array(b.utf8)
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var before: [Int] = []
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    row.reserveCapacity(b.count + 1)
    for j in 1...b.count {
      var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if swaps, i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, before[j - 2] + 1) }
      row.append(cost)
    }
    before = last
    last = row
  }
  return last[b.count]
}
