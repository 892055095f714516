// Streams of manifests, cut and read as kubectl does it: JSON objects or YAML documents.

extension YAML {
  /// The objects of a manifest file, as kubectl's decoder finds them. A text that begins with `{` is a stream of JSON values; where
  /// JSON fails, YAML is tried. YAML is cut at lines that begin with `---`, and of each piece the first document is read, so that
  /// lines in `goMessage` count from the piece's start. Positions count from the file's start.
  public static func manifests(_ bytes: [UInt8]) -> Documents {
    var result = Documents(documents: [], error: nil)
    guard bytes.first(where: { !isSpace($0) }) == UInt8(ascii: "{") else {
      return bytes.withUnsafeBufferPointer { readPieces($0, bytes, from: 0) }
    }
    var reader = JSON.Reader(bytes)
    while true {
      var start = reader.nextOffset
      while start < bytes.count, isSpace(bytes[start]) { start += 1 }
      do throws(ParseError) {
        guard let value = try reader.next() else { return result }
        let lines = Position(of: start, in: bytes).line...Position(of: reader.nextOffset, in: bytes).line
        result.documents.append(
          Document(
            value: value, isEmpty: false, lines: lines, range: start..<reader.nextOffset, bytes: bytes, resolution: .core12,
            mayHaveDuplicates: true))
      } catch {
        let rest = bytes.withUnsafeBufferPointer { readPieces($0, bytes, from: start) }
        result.documents += rest.documents
        if rest.error != nil {
          let isCut = error.position.offset >= bytes.count
          result.error = ParseError(
            error.message, at: error.position,
            goMessage: isCut ? "unexpected EOF" : "json: offset \(error.position.offset + 1): \(error.message)")
        }
        return result
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  private static func readPieces(_ buffer: UnsafeBufferPointer<UInt8>, _ bytes: [UInt8], from start: Int) -> Documents {
    var result = Documents(documents: [], error: nil)
    // One parser's storage serves all pieces.
    var builder = YAMLValueBuilder(.yaml11)
    var pieceStart = start
    var pieceLine = 0
    var line = 0
    var at = start
    while at < buffer.count {
      let lineStart = at
      while at < buffer.count && buffer[at] != 0x0A { at += 1 }
      if at < buffer.count { at += 1 }
      line += 1
      let isSeparator =
        lineStart + 2 < buffer.count && buffer[lineStart] == UInt8(ascii: "-") && buffer[lineStart + 1] == UInt8(ascii: "-")
        && buffer[lineStart + 2] == UInt8(ascii: "-")
      guard isSeparator else { continue }
      var i = lineStart + 3
      while i < at, isSpace(buffer[i]) { i += 1 }
      if i < at && buffer[i] != UInt8(ascii: "#") {
        if lineStart > pieceStart, let error = readPiece(buffer, bytes, pieceStart..<lineStart, pieceLine, &builder, &result) {
          result.error = error
          return result
        }
        var end = at
        while end > i, isSpace(buffer[end - 1]) { end -= 1 }
        let text = String(decoding: UnsafeBufferPointer(rebasing: buffer[i..<end]), as: UTF8.self)
        result.error = ParseError("invalid Yaml document separator: \(text)", at: Position(of: i, in: buffer))
        return result
      }
      // The separator ends a piece and belongs to none; before the first words it is part of the piece.
      guard lineStart > pieceStart else { continue }
      if let error = readPiece(buffer, bytes, pieceStart..<lineStart, pieceLine, &builder, &result) {
        result.error = error
        return result
      }
      pieceStart = at
      pieceLine = line
    }
    if pieceStart < buffer.count { result.error = readPiece(buffer, bytes, pieceStart..<buffer.count, pieceLine, &builder, &result) }
    return result
  }

  private static func readPiece(
    _ buffer: UnsafeBufferPointer<UInt8>, _ bytes: [UInt8], _ range: Range<Int>, _ firstLine: Int, _ builder: inout YAMLValueBuilder,
    _ result: inout Documents
  ) -> ParseError? {
    let piece = UnsafeBufferPointer(rebasing: buffer[..<range.upperBound])
    let problem = TextEncoding.firstProblem(piece, from: range.lowerBound)
    let limit = problem?.offset ?? range.upperBound
    let scanner = YAMLScanner(buffer, range: range.lowerBound..<limit, problem: problem?.problem, dialect: .go)
    builder.reset()
    var parser = YAMLParser(scanner, builder)
    defer { builder = parser.builder }
    do throws(Stop) {
      let value = try parser.nextDocument()
      let start = value == nil ? range.lowerBound : parser.documentStart
      let line = firstLine + (value == nil ? 0 : parser.documentStartLine) + 1
      result.documents.append(
        Document(
          value: value ?? .null, isEmpty: value == nil || parser.isEmptyDocument, lines: line...max(line, firstLine + parser.scanner.line),
          range: start..<limit, bytes: bytes, resolution: .yaml11, mayHaveDuplicates: parser.builder.mayHaveDuplicates))
      return nil
    } catch {
      return ParseError(parser.failure, in: buffer)
    }
  }
}
