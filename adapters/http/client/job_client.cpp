#include "adapters/http/client/job_client.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "adapters/http/client/server_url.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/report_json.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::http {
namespace {

std::string member(const Json& document, const char* name) {
    const auto found = document.is_object() ? document.find(name) : document.end();
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

ErrorKind kind_of(int status) {
    switch (status) {
        case 409:
            return ErrorKind::refused;
        case 503:
            return ErrorKind::transient;
        default:
            return status >= 500 ? ErrorKind::failed : ErrorKind::usage;
    }
}

/// Ids are part of paths: what is none never leaves this machine.
const std::string& checked(const JobId& id) {
    if (!id.valid())
        throw Error(ErrorKind::usage, "job.unknown", "", "there is no such job",
                    "transload job list shows them.");
    return id.str();
}

JobState state_of(const Json& document) {
    const auto state = job_state_from(member(document, "state"));
    if (!state)
        throw Error(ErrorKind::failed, "http.not_ours", "", "the server's answer names no known state", "");
    return *state;
}

}  // namespace

struct JobClient::Impl {
    explicit Impl(ClientOptions options_)
        : options(std::move(options_)),
          url(parse_server_url(options.server)),
          http(fmt::format("{}://{}{}{}:{}", url.tls ? "https" : "http",
                           url.host.find(':') == std::string::npos ? "" : "[", url.host,
                           url.host.find(':') == std::string::npos ? "" : "]", url.port)) {
        if (!http.is_valid())
            throw Error(ErrorKind::usage, "http.url", "--server", "--server: the URL can't be used", "");
        http.set_connection_timeout(options.timeout);
        http.set_read_timeout(options.timeout);
        http.set_write_timeout(options.timeout);
        if (url.tls) http.enable_server_certificate_verification(true);
        if (!options.ca_file.empty()) http.set_ca_cert_path(options.ca_file.c_str());
        if (!options.token.empty()) http.set_bearer_token_auth(options.token.reveal().c_str());
    }

    [[nodiscard]] Json get(const std::string& path) {
        return body_of(http.Get(url.prefix + "/api/v1" + path));
    }

    [[nodiscard]] Json post(const std::string& path, const std::string& body) {
        return body_of(http.Post(url.prefix + "/api/v1" + path, body, "application/json"));
    }

    [[nodiscard]] Json patch(const std::string& path, const std::string& body) {
        return body_of(http.Patch(url.prefix + "/api/v1" + path, body, "application/json"));
    }

    [[nodiscard]] Json body_of(const httplib::Result& result) const {
        if (!result)
            throw Error(ErrorKind::transient, "http.unreachable", url.display(),
                        fmt::format("the server {} does not answer: {}", url.display(),
                                    httplib::to_string(result.error())),
                        result.error() == httplib::Error::SSLServerVerification
                            ? "Name who signed its certificate with --ca, and the host as the certificate does."
                            : "Check the address and that `transload serve` runs there.");
        Json document = Json::parse(result->body, nullptr, false);
        const bool success = result->status >= 200 && result->status < 300;
        if (success && !document.is_discarded()) return document;
        if (success || document.is_discarded() || member(document, "id").empty())
            throw Error(ErrorKind::failed, "http.not_ours", url.display(),
                        fmt::format("what answers at {} (status {}) is no Transload server", url.display(),
                                    result->status),
                        "Check the address.");
        throw Error(kind_of(result->status), member(document, "id"),
                    member(document, document.contains("path") ? "path" : "instance"),
                    member(document, "detail"), member(document, "remedy"));
    }

    ClientOptions options;
    ServerUrl url;
    httplib::Client http;
};

JobClient::JobClient(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
JobClient::~JobClient() = default;

std::vector<JobSummary> JobClient::list() {
    std::vector<JobSummary> jobs;
    const Json document = impl_->get("/jobs?limit=1000");
    if (document.contains("jobs"))
        for (const Json& job : document["jobs"]) jobs.push_back(summary_from_json(job));
    return jobs;
}

std::string JobClient::show(const JobId& id) {
    return json_text(impl_->get("/job/" + checked(id)), JsonLayout::indented);
}

JobId JobClient::submit(std::string_view document) {
    const JobId id{member(impl_->post("/job", std::string(document)), "id")};
    return JobId{checked(id)};
}

JobState JobClient::command(const JobId& id, Trigger trigger) {
    return state_of(impl_->post(fmt::format("/job/{}/{}", checked(id), to_string(trigger)), ""));
}

JobState JobClient::retry_with_repair(const JobId& id) {
    return state_of(impl_->post("/job/" + checked(id) + "/retry?repair=true", ""));
}

Limits JobClient::set_limits(const JobId& id, std::string_view document) {
    const Json answer = impl_->patch("/job/" + checked(id) + "/limits", std::string(document));
    return answer.contains("limits") ? limits_from_json(answer["limits"]) : Limits{};
}

Findings JobClient::rehearse_cutover(const JobId& id) {
    const Json answer = impl_->post("/job/" + checked(id) + "/cutover?dry_run=true", "");
    return answer.contains("findings") ? findings_from_json(answer["findings"]) : Findings{};
}

std::vector<Event> JobClient::events(const JobId& id, std::uint64_t after, std::size_t limit) {
    std::vector<Event> events;
    const Json document = impl_->get(fmt::format("/job/{}/events?after={}&limit={}", checked(id), after,
                                                 std::min<std::size_t>(limit, 1000)));
    if (document.contains("events"))
        for (const Json& event : document["events"]) events.push_back(event_from_json(event));
    return events;
}

}  // namespace transload::http
