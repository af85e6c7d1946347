import Foundation
import Postgres
import Subprocess
import TestSupport
import Testing
import ThrowawayPostgres

extension Torture {
    /// A server with a certificate of a CA of the test's own.
    @Suite(
        .timeLimit(.minutes(20)),
        .enabled("there is no openssl here") { FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") }
    )
    struct TLSTests {
        /// With the right CA every session of a change is encrypted; with a wrong one, or another host's name, none is
        /// made, and the message says why.
        @Test func theServersCertificateIsVerified() async throws {
            let port = try FreePort.find()
            let cluster = try await ThrowawayCluster.start(settings: [
                "listen_addresses": "127.0.0.1", "port": String(port), "shared_buffers": "16MB",
                "max_connections": "40",
            ])
            guard try await Self.turnOn(cluster) else {
                // Servers that come as a wheel are built without.
                return try await cluster.destroy()
            }
            try await Account.create(rows: 500, on: ConnectionParameters(conninfo: cluster.dsn()))
            let data = "\(cluster.folder)/data"
            func parameters(_ host: String, _ authority: String) -> ConnectionParameters {
                ConnectionParameters(
                    conninfo: "host=\(host) hostaddr=127.0.0.1 port=\(port) user=postgres dbname=postgres "
                        + "sslmode=verify-full sslrootcert=\(data)/\(authority).crt"
                )
            }
            let cases = ["right CA", "wrong CA", "another host's name"]
            let complaints = try await Torture.scenario("TLS with verify-full", cases) { each in
                switch each {
                case "right CA": return try await Self.change(on: parameters("localhost", "ca"), cluster)
                case "wrong CA":
                    return try await Self.refused(parameters("localhost", "other"), "certificate verify failed")
                default: return try await Self.refused(parameters("db.example", "ca"), "does not match host name")
                }
            }
            #expect(complaints == [])
            try await cluster.destroy()
        }

        /// Makes the certificates as the server's user, who must own the key, and has the server use them.
        private static func turnOn(_ cluster: ThrowawayCluster) async throws -> Bool {
            let connection = try await Connection.open(ConnectionParameters(conninfo: cluster.dsn()))
            let script = """
                cd '\(cluster.folder)/data' && \
                for n in ca other; do openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$n -keyout $n.key -out $n.crt; \
                done 2>/dev/null && \
                openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr 2>/dev/null && \
                echo subjectAltName=DNS:localhost > names && chmod 600 server.key && \
                openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names \
                -out server.crt 2>/dev/null
                """
            let statement: SQL = "COPY (SELECT) TO PROGRAM \(literal: script)"
            try await connection.run(Query(statement))
            do {
                try await connection.run("ALTER SYSTEM SET ssl = on")
            } catch {
                await connection.close()
                return false
            }
            await connection.close()
            try await cluster.restart()
            return true
        }

        private static func change(on parameters: ConnectionParameters, _ cluster: ThrowawayCluster) async throws
            -> [String]
        {
            var wrong: [String] = []
            let plain = try await Tool.run(
                Tool.rename(through: "drop", "--workers", "2", "--batch-time", "1", "--max-rate", "100"),
                on: parameters
            ) { _ in
                let connection = try await Connection.open(ConnectionParameters(conninfo: cluster.dsn()))
                try await eventually(within: .seconds(60)) {
                    try await connection.value(
                        """
                        SELECT count(*) > 2 FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
                        WHERE a.application_name = 'online-change' AND s.ssl
                        """
                    )
                }
                let open: Int = try await connection.value(
                    """
                    SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
                    WHERE a.application_name = 'online-change' AND NOT s.ssl AND a.pid <> pg_backend_pid()
                    """
                )
                await connection.close()
                #expect(open == 0)
            }
            if plain.status != .exited(0) { wrong.append(plain.text) }
            return wrong
        }

        private static func refused(_ parameters: ConnectionParameters, _ reason: String) async throws -> [String] {
            let ending = try await Tool.run(["rename-column", "account", "full_name", "name"], on: parameters)
            guard ending.status == .exited(69), ending.errors.contains(reason) else { return [ending.text] }
            return []
        }
    }
}

/// A TCP port that nobody listens on.
private enum FreePort {
    static func find() throws -> Int {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
