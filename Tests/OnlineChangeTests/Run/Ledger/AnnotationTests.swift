import Testing

@testable import OnlineChange

struct AnnotationTests {
    @Test("One line, no passwords, not too long")
    func text() {
        #expect(Annotation(" OPS-7:\n by hand ")?.text == "OPS-7: by hand")
        #expect(Annotation("see postgres://ops:sesame@db/shop")?.text == "see postgres://ops:***@db/shop")
        #expect(Annotation(" \n") == nil)
        #expect(Annotation(String(repeating: "x", count: 500)) != nil)
        #expect(Annotation(String(repeating: "x", count: 501)) == nil)
    }

    @Test(
        "The job that a pipeline's environment names",
        arguments: [
            ([:], nil), (["CI_JOB_URL": ""], nil),
            (["CI_JOB_URL": "https://git.example/-/jobs/7"], "https://git.example/-/jobs/7"),
            (
                [
                    "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "7",
                ], "https://github.com/acme/shop/actions/runs/7"
            ),
            (["GITHUB_RUN_ID": "7"], nil),
        ] as [([String: String], String?)]
    )
    func job(environment: [String: String], address: String?) {
        #expect(CallingJob.address(in: environment) == address)
    }
}
