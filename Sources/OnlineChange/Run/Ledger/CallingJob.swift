import Postgres

/// The pipeline's job that a run belongs to, as its environment says.
enum CallingJob {
    /// The job's address; nil outside of a pipeline, or in one that doesn't say.
    static func address(in environment: [String: String]) -> String? {
        // GitLab, Buildkite, CircleCI and Jenkins give the whole address.
        let whole = ["CI_JOB_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "BUILD_URL"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty }
        let address =
            if let whole {
                whole
            } else if let server = environment["GITHUB_SERVER_URL"], let repository = environment["GITHUB_REPOSITORY"],
                let run = environment["GITHUB_RUN_ID"]
            {
                "\(server)/\(repository)/actions/runs/\(run)"
            } else {
                ""
            }
        guard !address.isEmpty, address.count <= 300 else { return nil }
        return Secrets.hidden(in: address)
    }
}
