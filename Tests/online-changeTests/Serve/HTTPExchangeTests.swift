import Testing

@testable import online_change

struct HTTPExchangeTests {
    @Test("Method, path without query, and host are read")
    func question() {
        let question = HTTPQuestion("GET /changes/a%2Fb?x=1#y HTTP/1.1\r\nAccept: */*\r\nHOST:  db1:9187 \r\n\r\nrest")
        #expect(question?.method == "GET")
        #expect(question?.path == "/changes/a%2Fb")
        #expect(question?.host == "db1:9187")
        #expect(HTTPQuestion("GET / HTTP/1.0\r\n\r\n")?.host == nil)
    }

    @Test(
        "What is no request is none",
        arguments: [
            "", "\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET http://evil/ HTTP/1.1\r\n\r\n",
            "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nno header\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        ]
    )
    func noQuestion(head: String) {
        #expect(HTTPQuestion(head) == nil)
    }

    @Test func answer() {
        var answer = HTTPAnswer.text(.methodNotAllowed, "ä")
        #expect(String(decoding: answer.bytes, as: UTF8.self).hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
        #expect(String(decoding: answer.bytes, as: UTF8.self).hasSuffix("\r\nAllow: GET, HEAD\r\n\r\nä\n"))
        #expect(String(decoding: answer.bytes, as: UTF8.self).contains("\r\nContent-Length: 3\r\n"))
        answer.isHeadOnly = true
        #expect(String(decoding: answer.bytes, as: UTF8.self).hasSuffix("\r\nAllow: GET, HEAD\r\n\r\n"))
    }
}
