// Events, kept as compact rows and expanded to core/v1 objects when they are read.

import API
import APIMachinery
import Client
import Formats

/// The cluster's recorded events: a row of some 90 bytes each, chained by what they are about. They expire an hour after they were last written.
final class EventLog {
  /// One event.
  struct Row {
    /// When it first happened; unique among its subject's events, and part of its name.
    var first: Int64
    /// When it was last written.
    var last: Int64
    var revision: Int64
    /// The involved object's revision.
    var about: Int64
    var message: String
    var subject: Int32
    /// The subject's next older event, or -1.
    var older: Int32
    var fieldPath: Int32
    var reason: Int32
    var source: Int32
    var host: Int32
    /// New style: what was done.
    var action: Int32
    /// As written.
    var count: Int32
    /// As seen: repeats that the spam filter or a series held back count too.
    var observed: Int32
    var warning: Bool
    var newStyle: Bool
    var combined: Bool
    var gone = false
    var dirty = true
  }

  /// What events are about.
  struct Subject {
    var apiVersion: Int32
    var kind: Int32
    var namespace: String
    var name: String
    var uid: String
    var newest: Int32 = -1
    // The spam filter's bucket of its first source.
    var spender: Int32 = -1
    var tokens: Float = 25
    var refilled: Int64 = 0
  }

  static let lifetime: Int64 = 3_600_000_000_000
  private static let minute: Int64 = 60_000_000_000
  private static let chunkBits = 12
  private static let chunkSize = 1 << chunkBits

  private var chunks: [[Row]] = []
  private(set) var rowCount = 0
  private var subjects: [Subject] = []
  private var bySubject: [String: Int32] = [:]
  private var words: [String] = [""]
  private var wordNumbers: [String: Int32] = ["": 0]
  private var recent: [String] = Array(repeating: "", count: 1024)
  private var others: [SpenderKey: (tokens: Float, refilled: Int64)] = [:]
  private var lastSweep: Int64 = 0
  private var dirtyRows: [Int32] = []
  /// What is on disk and nobody has asked for yet, oldest first.
  private var unread: [(EventLog) -> Void] = []

  private struct SpenderKey: Hashable {
    let subject: Int32
    let source: Int32
    let host: Int32
  }

  // MARK: Recording

  /// What became of a recorded event.
  enum Outcome {
    case added(Int), changed(Int), heldBack
  }

  /// Records an event as client-go's correlator would: aggregated, counted, filtered.
  func record(
    _ object: Value, _ type: EventType, _ reason: String, _ message: String, source: String, host: String, fieldPath: String,
    style: EventStyle, now: Instant, revision: Int64
  ) -> Outcome {
    read()
    let time = now.nanoseconds
    if time - lastSweep > 10 * EventLog.minute { sweep(time) }
    let metadata = object["metadata"]
    let s = subject(object, metadata)
    let fieldPath = word(fieldPath)
    let reason = word(reason)
    let source = word(source)
    let host = word(host)
    let warning = type == .warning
    let about = Int64(metadata["resourceVersion"].text) ?? 0
    if case .new(let action, _) = style {
      return recordSeries(
        s, warning, reason, message, source, host, fieldPath, word(action), about, time, revision)
    }
    var similar = 0
    var same = -1
    var combined = -1
    var at = subjects[s].newest
    while at >= 0 {
      let i = Int(at)
      withRow(i) { row in
        if !row.newStyle, row.reason == reason, row.source == source, row.host == host, row.warning == warning, !row.gone {
          if row.combined {
            combined = i
          } else {
            if row.last > time - 10 * EventLog.minute { similar += 1 }
            if row.fieldPath == fieldPath, row.message == message { same = i }
          }
        }
        at = row.older
      }
    }
    let fresh = same >= 0 && self[same].last > time - EventLog.lifetime
    let recentSame = same >= 0 && self[same].last > time - 10 * EventLog.minute
    // The tenth different message within ten minutes begins a combined event.
    let combines = similar + (recentSame ? 0 : 1) >= 10
    var target = combines ? combined : (fresh ? same : -1)
    if target >= 0, self[target].last <= time - EventLog.lifetime { target = -1 }
    let admitted = admit(s, source, host, time)
    if target >= 0 {
      withRow(target) { row in
        row.observed &+= 1
        guard admitted else { return }
        row.count = row.observed
        row.last = time
        row.about = about
        row.revision = revision
        if combines { row.message = "(combined from similar events): " + message }
      }
      soil(target)
      return admitted ? .changed(target) : .heldBack
    }
    guard admitted else { return .heldBack }
    let i = append(
      Row(
        first: time, last: time, revision: revision, about: about,
        message: combines ? "(combined from similar events): " + message : shared(message), subject: Int32(truncatingIfNeeded: s),
        older: -1,
        fieldPath: fieldPath, reason: reason, source: source, host: host, action: 0, count: 1, observed: 1, warning: warning,
        newStyle: false,
        combined: combines))
    return .added(i)
  }

  /// New-style events: the first repeat makes a series, later ones are only counted until half an hour has passed.
  private func recordSeries(
    _ s: Int, _ warning: Bool, _ reason: Int32, _ message: String, _ source: Int32, _ host: Int32, _ fieldPath: Int32, _ action: Int32,
    _ about: Int64, _ time: Int64, _ revision: Int64
  ) -> Outcome {
    var at = subjects[s].newest
    while at >= 0 {
      let i = Int(at)
      let row = self[i]
      at = row.older
      guard row.newStyle, row.reason == reason, row.source == source, row.action == action, row.warning == warning,
        row.fieldPath == fieldPath
      else { continue }
      guard row.last > time - 6 * EventLog.minute || (row.observed > 1 && row.last > time - 36 * EventLog.minute) else { break }
      let writes = row.observed == 1 || time - row.last >= 30 * EventLog.minute
      withRow(i) { row in
        row.observed &+= 1
        guard writes else { return }
        row.count = row.observed
        row.last = time
        row.revision = revision
      }
      soil(i)
      return writes ? .changed(i) : .heldBack
    }
    return .added(
      append(
        Row(
          first: time, last: time, revision: revision, about: about, message: shared(message), subject: Int32(truncatingIfNeeded: s),
          older: -1,
          fieldPath: fieldPath, reason: reason, source: source, host: host, action: action, count: 1, observed: 1, warning: warning,
          newStyle: true, combined: false)))
  }

  /// The spam filter: 25 at once for a source and an object, then one in five minutes.
  private func admit(_ s: Int, _ source: Int32, _ host: Int32, _ time: Int64) -> Bool {
    func spend(_ tokens: inout Float, _ refilled: inout Int64) -> Bool {
      tokens = min(25, tokens + Float(max(0, time - refilled)) / 3e11)
      refilled = time
      guard tokens >= 1 else { return false }
      tokens -= 1
      return true
    }
    if subjects[s].spender < 0 {
      subjects[s].spender = source
      subjects[s].refilled = time
    }
    if subjects[s].spender == source {
      var tokens = subjects[s].tokens
      var refilled = subjects[s].refilled
      let admitted = spend(&tokens, &refilled)
      subjects[s].tokens = tokens
      subjects[s].refilled = refilled
      return admitted
    }
    let key = SpenderKey(subject: Int32(truncatingIfNeeded: s), source: source, host: host)
    var bucket = others[key] ?? (25, time)
    let admitted = spend(&bucket.tokens, &bucket.refilled)
    others[key] = bucket
    return admitted
  }

  private func append(_ row: Row, keepsTime: Bool = false) -> Int {
    var row = row
    let s = Int(row.subject)
    let i = rowCount
    row.older = subjects[s].newest
    // Two events of one moment must not have one name.
    if row.older >= 0, !keepsTime { row.first = max(row.first, self[Int(row.older)].first + 1) }
    if i & (EventLog.chunkSize - 1) == 0 {
      chunks.append([])
      if i > 0 { chunks[chunks.count - 1].reserveCapacity(EventLog.chunkSize) }
    }
    chunks[chunks.count - 1].append(row)
    rowCount += 1
    subjects[s].newest = Int32(truncatingIfNeeded: i)
    if row.dirty { dirtyRows.append(Int32(truncatingIfNeeded: i)) }
    return i
  }

  private func soil(_ i: Int) {
    withRow(i) { row in
      guard !row.dirty else { return }
      row.dirty = true
      dirtyRows.append(Int32(truncatingIfNeeded: i))
    }
  }

  subscript(i: Int) -> Row { chunks[i >> EventLog.chunkBits][i & (EventLog.chunkSize - 1)] }

  private func withRow(_ i: Int, _ body: (inout Row) -> Void) {
    body(&chunks[i >> EventLog.chunkBits][i & (EventLog.chunkSize - 1)])
  }

  private func subject(_ object: Value, _ metadata: Value) -> Int {
    let uid = metadata["uid"].text
    let name = metadata["name"].text
    let kind = object["kind"].text
    // A node's events carry its name for a uid; others without one are told apart by their place.
    let key = uid.isEmpty ? "\(kind)/\(metadata["namespace"].text)/\(name)" : uid
    if let s = bySubject[key] { return Int(s) }
    return add(
      Subject(
        apiVersion: word(object["apiVersion"].text), kind: word(kind), namespace: metadata["namespace"].text, name: name, uid: uid))
  }

  private func add(_ subject: Subject) -> Int {
    let s = subjects.count
    subjects.append(subject)
    bySubject[key(subject)] = Int32(truncatingIfNeeded: s)
    return s
  }

  private func key(_ subject: Subject) -> String {
    subject.uid.isEmpty ? "\(words[Int(subject.kind)])/\(subject.namespace)/\(subject.name)" : subject.uid
  }

  private func word(_ text: String) -> Int32 {
    if text.isEmpty { return 0 }
    if let n = wordNumbers[text] { return n }
    let n = Int32(truncatingIfNeeded: words.count)
    words.append(text)
    wordNumbers[text] = n
    return n
  }

  /// A text that was just recorded is kept once.
  private func shared(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var copy = text
    copy.withUTF8 { bytes in for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
    let slot = Int(hash & 1023)
    if recent[slot] == copy { return recent[slot] }
    recent[slot] = copy
    return copy
  }

  // MARK: Reading

  private func isLive(_ row: Row, _ now: Instant) -> Bool { !row.gone && row.last > now.nanoseconds - EventLog.lifetime }

  /// The namespace an event lives in: its subject's, or default.
  private func place(_ row: Row) -> String {
    let namespace = subjects[Int(row.subject)].namespace
    return namespace.isEmpty ? "default" : namespace
  }

  private func name(_ row: Row) -> String { subjects[Int(row.subject)].name + "." + String(row.first, radix: 16) }

  private func indexes(_ namespace: String?, _ now: Instant) -> [Int] {
    read()
    var answer: [Int] = []
    for (c, chunk) in chunks.enumerated() {
      for (i, row) in chunk.enumerated() where isLive(row, now) && (namespace == nil || place(row) == namespace) {
        answer.append(c << EventLog.chunkBits | i)
      }
    }
    return answer
  }

  func count(_ namespace: String?, _ now: Instant) -> Int { indexes(namespace, now).count }

  /// The events in key order.
  func list(_ namespace: String?, _ now: Instant) -> [Value] {
    var named = indexes(namespace, now).map { (place(self[$0]), name(self[$0]), $0) }
    named.sort { ($0.0, $0.1) < ($1.0, $1.1) }
    return named.map { value($0.2) }
  }

  func index(_ namespace: String, _ name: String, _ now: Instant) -> Int? {
    guard let dot = name.lastIndex(of: "."), let first = Int64(name[name.index(after: dot)...], radix: 16) else { return nil }
    return indexes(namespace, now).first { self[$0].first == first && self.name(self[$0]) == name }
  }

  func get(_ namespace: String, _ name: String, _ now: Instant) -> Value? { index(namespace, name, now).map(value) }

  func remove(_ i: Int) {
    withRow(i) { $0.gone = true }
    soil(i)
  }

  /// The core/v1 Event.
  func value(_ i: Int) -> Value {
    let row = self[i]
    let about = subjects[Int(row.subject)]
    func set(_ members: inout Members, _ key: String, _ text: String) { if !text.isEmpty { members[key] = .string(text) } }
    var involved = Members()
    set(&involved, "apiVersion", words[Int(about.apiVersion)])
    set(&involved, "fieldPath", words[Int(row.fieldPath)])
    set(&involved, "kind", words[Int(about.kind)])
    set(&involved, "name", about.name)
    set(&involved, "namespace", about.namespace)
    if row.about > 0 { involved["resourceVersion"] = .string(String(row.about)) }
    set(&involved, "uid", about.uid)
    let component = words[Int(row.source)]
    let host = words[Int(row.host)]
    let first = Instant(nanoseconds: row.first)
    let last = Instant(nanoseconds: row.last)
    // An event's uid is not kept: it follows from whom it is about and when.
    var random = Random(seed: UInt64(bitPattern: row.first) &+ FNV.hash64a((about.uid + about.name).utf8))
    let metadata: Value = .object(
      Members(sorted: [
        .init("creationTimestamp", .string(first.rfc3339)), .init("name", .string(name(row))), .init("namespace", .string(place(row))),
        .init("resourceVersion", .string(String(row.revision))), .init("uid", .string(random.uuid())),
      ]))
    var source = Members()
    var event = Members()
    if row.newStyle {
      event["action"] = .string(words[Int(row.action)])
    } else {
      event["count"] = .int(Int64(row.count))
      set(&source, "component", component)
      set(&source, "host", host)
    }
    event["apiVersion"] = "v1"
    event["eventTime"] = row.newStyle ? .string(first.rfc3339Micro) : .null
    event["firstTimestamp"] = row.newStyle ? .null : .string(first.rfc3339)
    event["involvedObject"] = .object(involved)
    event["kind"] = "Event"
    event["lastTimestamp"] = row.newStyle ? .null : .string(last.rfc3339)
    event["message"] = .string(row.message)
    event["metadata"] = metadata
    event["reason"] = .string(words[Int(row.reason)])
    event["reportingComponent"] = .string(component)
    event["reportingInstance"] = .string(row.newStyle && host.isEmpty ? component + "-control-plane" : host)
    if row.newStyle, row.count > 1 {
      event["series"] = ["count": .int(Int64(row.count)), "lastObservedTime": .string(last.rfc3339Micro)]
    }
    event["source"] = .object(source)
    event["type"] = row.warning ? "Warning" : "Normal"
    return .object(event)
  }

  // MARK: Expiry

  /// Whether a row can be forgotten. That one was deleted must be on the disk first: there it would still be.
  private static func isSpent(_ row: Row, _ time: Int64) -> Bool { row.gone && !row.dirty || row.last <= time - EventLog.lifetime }

  /// Drops what has expired.
  private func sweep(_ time: Int64) {
    lastSweep = time
    let old = chunks
    var expired = 0
    for chunk in old { for row in chunk where EventLog.isSpent(row, time) { expired += 1 } }
    guard expired > 0, expired * 4 > rowCount else { return }
    let oldSubjects = subjects
    let oldOthers = others
    chunks = []
    rowCount = 0
    subjects = []
    bySubject = [:]
    others = [:]
    dirtyRows = []
    var moved: [Int32: Int32] = [:]
    for chunk in old {
      for row in chunk where !EventLog.isSpent(row, time) {
        var row = row
        let about = oldSubjects[Int(row.subject)]
        if let s = moved[row.subject] {
          row.subject = s
        } else {
          var kept = about
          kept.newest = -1
          let s = Int32(truncatingIfNeeded: add(kept))
          moved[row.subject] = s
          row.subject = s
        }
        _ = append(row, keepsTime: true)
      }
    }
    for (key, bucket) in oldOthers {
      if let s = moved[key.subject] { others[SpenderKey(subject: s, source: key.source, host: key.host)] = bucket }
    }
  }

  // MARK: On disk

  /// Reads what is on disk, now that somebody asks.
  private func read() {
    guard !unread.isEmpty else { return }
    let waiting = unread
    unread = []
    for one in waiting { one(self) }
  }

  /// Takes what was on disk, to be read when somebody asks.
  func restore(_ body: @escaping (EventLog) -> Void) { unread.append(body) }

  private func put(_ subject: Subject, into out: inout ByteWriter) {
    out.put(words[Int(subject.apiVersion)])
    out.put(words[Int(subject.kind)])
    out.put(subject.namespace)
    out.put(subject.name)
    out.put(subject.uid)
    out.put(subject.spender < 0 ? "" : words[Int(subject.spender)])
    out.put(subject.tokens.bitPattern)
    out.put(subject.refilled)
  }

  private func subject(from reader: inout ByteReader) throws(Damage) -> Subject {
    var subject = Subject(
      apiVersion: word(try reader.text()), kind: word(try reader.text()), namespace: try reader.text(), name: try reader.text(),
      uid: try reader.text())
    let spender = try reader.text()
    subject.spender = spender.isEmpty ? -1 : word(spender)
    subject.tokens = Float(bitPattern: try reader.u32())
    subject.refilled = try reader.i64()
    if !(subject.tokens >= 0 && subject.tokens <= 25) { subject.tokens = 25 }
    return subject
  }

  private func putNumbers(_ row: Row, into out: inout ByteWriter) {
    out.put(row.first)
    out.put(row.last)
    out.put(row.revision)
    out.put(row.about)
    out.put(UInt32(bitPattern: row.count))
    out.put(UInt32(bitPattern: row.observed))
    out.put((row.warning ? 1 : 0) | (row.newStyle ? 2 : 0) | (row.combined ? 4 : 0) | (row.gone ? UInt8(8) : 0))
  }

  private func numbers(from reader: inout ByteReader) throws(Damage) -> Row {
    let (first, last, revision, about) = (try reader.i64(), try reader.i64(), try reader.i64(), try reader.i64())
    let (count, observed) = (Int32(bitPattern: try reader.u32()), Int32(bitPattern: try reader.u32()))
    let flags = try reader.u8()
    return Row(
      first: first, last: last, revision: revision, about: about, message: "", subject: 0, older: -1, fieldPath: 0, reason: 0, source: 0,
      host: 0, action: 0, count: count, observed: observed, warning: flags & 1 != 0, newStyle: flags & 2 != 0, combined: flags & 4 != 0,
      gone: flags & 8 != 0, dirty: false)
  }

  /// Writes every event, for a snapshot.
  func write(into out: inout ByteWriter) {
    read()
    out.put(words)
    out.put(UInt32(truncatingIfNeeded: subjects.count))
    for subject in subjects { put(subject, into: &out) }
    out.put(UInt32(truncatingIfNeeded: rowCount))
    var recentRows: [Int] = Array(repeating: -1, count: 1024)
    for i in 0..<rowCount {
      let row = self[i]
      putNumbers(row, into: &out)
      for number in [row.subject, row.fieldPath, row.reason, row.source, row.host, row.action] { out.put(UInt32(bitPattern: number)) }
      let slot = Int(FNV.hash64a(row.message.utf8) & 1023)
      if recentRows[slot] >= 0, self[recentRows[slot]].message == row.message {
        out.put(UInt32(truncatingIfNeeded: recentRows[slot] + 1))
      } else {
        recentRows[slot] = i
        out.put(UInt32(0))
        out.put(row.message)
      }
    }
  }

  /// Reads what `write(into:)` wrote.
  func read(from reader: inout ByteReader) throws(Damage) {
    let texts = try reader.texts()
    let numbers = texts.map(word)
    func known(_ number: UInt32) throws(Damage) -> Int32 {
      guard number < UInt32(numbers.count) else { throw reader.damage }
      return numbers[Int(number)]
    }
    let subjectCount = try reader.count(of: 30)
    let firstSubject = subjects.count
    subjects.reserveCapacity(firstSubject + subjectCount)
    for _ in 0..<subjectCount { _ = add(try subject(from: &reader)) }
    let firstRow = rowCount
    for _ in 0..<(try reader.count(of: 60)) {
      var row = try self.numbers(from: &reader)
      let subject = try reader.u32()
      guard subject < UInt32(subjectCount) else { throw reader.damage }
      row.subject = Int32(truncatingIfNeeded: firstSubject + Int(subject))
      row.fieldPath = try known(try reader.u32())
      row.reason = try known(try reader.u32())
      row.source = try known(try reader.u32())
      row.host = try known(try reader.u32())
      row.action = try known(try reader.u32())
      let same = try reader.u32()
      if same > 0 {
        guard firstRow + Int(same) - 1 < rowCount else { throw reader.damage }
        row.message = self[firstRow + Int(same) - 1].message
      } else {
        row.message = try reader.text()
      }
      _ = append(row, keepsTime: true)
    }
  }

  /// Whether something has changed since `writeChanges`.
  var hasChanges: Bool { !dirtyRows.isEmpty }
  /// How many events have.
  var changeCount: Int { dirtyRows.count }

  /// Forgets what has changed: a snapshot holds it all.
  func forgetChanges() {
    for i in dirtyRows { withRow(Int(i)) { $0.dirty = false } }
    dirtyRows = []
  }

  /// Writes the events that changed since the last call, for the log.
  func writeChanges(into out: inout ByteWriter) {
    out.put(UInt32(truncatingIfNeeded: dirtyRows.count))
    for i in dirtyRows {
      let row = self[Int(i)]
      put(subjects[Int(row.subject)], into: &out)
      putNumbers(row, into: &out)
      for number in [row.fieldPath, row.reason, row.source, row.host, row.action] { out.put(words[Int(number)]) }
      out.put(row.message)
    }
    forgetChanges()
  }

  /// Reads what `writeChanges(into:)` wrote.
  func readChanges(from reader: inout ByteReader) throws(Damage) {
    for _ in 0..<(try reader.count(of: 80)) {
      let about = try subject(from: &reader)
      var row = try numbers(from: &reader)
      row.fieldPath = word(try reader.text())
      row.reason = word(try reader.text())
      row.source = word(try reader.text())
      row.host = word(try reader.text())
      row.action = word(try reader.text())
      row.message = shared(try reader.text())
      let s: Int
      if let known = bySubject[key(about)] {
        s = Int(known)
        subjects[s].spender = about.spender
        subjects[s].tokens = about.tokens
        subjects[s].refilled = about.refilled
      } else {
        s = add(about)
      }
      row.subject = Int32(truncatingIfNeeded: s)
      var at = subjects[s].newest
      while at >= 0, self[Int(at)].first != row.first { at = self[Int(at)].older }
      if at >= 0 {
        row.older = self[Int(at)].older
        withRow(Int(at)) { $0 = row }
      } else {
        _ = append(row, keepsTime: true)
      }
    }
  }
}
