import Testing

@testable import ThrowawayPostgres

struct ServerSettingsTests {
    @Test func writesTheDefaults() throws {
        let settings = try ServerSettings([:], socketDirectory: "/tmp/oc-pg-1")
        #expect(
            settings.configuration == """
                autovacuum = 'on'
                fsync = 'off'
                full_page_writes = 'on'
                listen_addresses = ''
                log_timezone = 'UTC'
                max_connections = '200'
                max_prepared_transactions = '20'
                port = '5432'
                shared_buffers = '128MB'
                synchronous_commit = 'on'
                timezone = 'UTC'
                unix_socket_directories = '/tmp/oc-pg-1'
                wal_level = 'logical'

                """
        )
    }

    @Test func theCallersOverrideWhateverTheirCase() throws {
        let settings = try ServerSettings(["Fsync": "on", "PORT": "6000", "my.setting": "x"], socketDirectory: "/s")
        #expect(settings.port == 6_000)
        let lines = settings.configuration.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("fsync") } == ["fsync = 'on'"])
        #expect(lines.contains("my.setting = 'x'"))
    }

    @Test func quotesValues() throws {
        let settings = try ServerSettings(["log_line_prefix": "it's \\ \n"], socketDirectory: "/s")
        #expect(settings.configuration.contains(#"log_line_prefix = 'it''s \\ \n'"#))
    }

    @Test(arguments: [
        ("unix_socket_directories", "/tmp"), ("DATA_DIRECTORY", "/x"), ("fsync = off\nport", "1"), ("", "1"),
        ("port", "0"), ("port", "65536"), ("port", "none"), ("fsync", "o\0ff"),
    ])
    func refuses(name: String, value: String) {
        let error = #expect(throws: ThrowawayPostgresError.self) {
            try ServerSettings([name: value], socketDirectory: "/s")
        }
        guard case .invalidSetting(name.lowercased(), _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
