#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/codec/job_json.hpp"
#include "orchestrator/job/event.hpp"
#include "orchestrator/job/transitions.hpp"
#include "orchestrator/plan/secret.hpp"

namespace transload::http {

struct ClientOptions {
    std::string server = "http://127.0.0.1:8080";
    Secret token;
    std::string ca_file;  ///< PEM of the authority that signed the server's certificate; empty: the system's
    std::chrono::seconds timeout{30};
};

/// The jobs of a server (`transload job … --server URL`). Throws Error "http.unreachable" (transient) when it
/// can't be reached, what the server's problem document says otherwise: "job.unknown", "job.not_allowed",
/// "http.unauthorized", …. Not thread-safe.
class JobClient {
  public:
    explicit JobClient(ClientOptions options);
    ~JobClient();
    JobClient(const JobClient&) = delete;
    JobClient& operator=(const JobClient&) = delete;

    [[nodiscard]] std::vector<JobSummary> list();
    /// The job's public document with its progress (docs/http-api.md), as JSON text.
    [[nodiscard]] std::string show(const JobId& id);
    /// Creates a job from a job document (JSON text). Returns its id.
    JobId submit(std::string_view document);
    /// start, pause, resume, retry, cancel, rollback, finish, cutover. Returns the state that the job is in right after.
    JobState command(const JobId& id, Trigger trigger);
    /// See JobCommands.
    JobState retry_with_repair(const JobId& id);
    /// Changes a running job's limits: a document (JSON text) with those that change. Returns all of them.
    Limits set_limits(const JobId& id, std::string_view document);
    /// What would keep the job from cutting over now; changes nothing.
    [[nodiscard]] Findings rehearse_cutover(const JobId& id);
    [[nodiscard]] std::vector<Event> events(const JobId& id, std::uint64_t after, std::size_t limit);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace transload::http
