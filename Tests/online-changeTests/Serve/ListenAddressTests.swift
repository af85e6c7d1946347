import Testing

@testable import online_change

struct ListenAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1:9187", "127.0.0.1:9187"), ("[::1]:9187", "[::1]:9187"), ("localhost:0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80"), ("[::]:1", "[::]:1"),
        ]
    )
    func reads(text: String, expected: String) {
        #expect(ListenAddress(argument: text)?.description == expected)
    }

    @Test(arguments: [
        "", "9187", ":9187", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "db1:9187", "::1:9187", "[::1]", "[x]:1",
    ])
    func refuses(text: String) {
        #expect(ListenAddress(argument: text) == nil)
    }

    @Test("A name that others gave this machine is not answered to")
    func hosts() {
        let check = HostCheck(names: ["DB1.example.org"])
        for host in ["localhost", "LOCALHOST:9187", "127.0.0.1:9187", "[::1]:9187", "db1.example.org:80", "10.1.2.3"] {
            #expect(check.allows(host), "\(host)")
        }
        for host in [nil, "", "evil.example", "evil.example:9187", "127.0.0.1.evil.example", "[evil]", "[::1"] {
            #expect(!check.allows(host), "\(host ?? "none")")
        }
    }
}
