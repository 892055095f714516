import HTTP
import Testing

struct HeaderTests {
  @Test func namesHaveNoCase() {
    var header = Header()
    header.add("Content-Type", "a/b")
    header.add("connection", "keep-alive, Close")
    #expect(header["content-type"] == "a/b")
    #expect(header.lists("Connection", "close"))
    #expect(!header.lists("Connection", "upgrade"))
    header["CONTENT-TYPE"] = nil
    #expect(header["Content-Type"] == nil)
  }
}
