#include "adapters/http/routes.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "adapters/http/command_body.hpp"
#include "adapters/http/problem.hpp"
#include "adapters/http/query.hpp"
#include "adapters/http/target.hpp"
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/job_json.hpp"
#include "orchestrator/codec/report_json.hpp"
#include "orchestrator/codec/spec_json.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::http {
namespace {

void answer_json(httplib::Response& response, int status, const Json& document) {
    response.status = status;
    response.set_content(json_text(document), "application/json");
}

/// JSON, or what curl sends with -d. Browsers can send the latter without asking; the guard looks at their
/// Origin.
bool acceptable_type(const httplib::Request& request) {
    std::string type = request.get_header_value("Content-Type");
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return type.empty() || type == "application/json" || type == "application/x-www-form-urlencoded";
}

std::uint64_t declared_length(const httplib::Request& request) {
    return request.has_header("Content-Length") ? request.get_header_value<std::uint64_t>("Content-Length")
                                                : 0;
}

/// The switch of a command in the address; nullopt when it is not there. Throws what Query throws.
std::optional<bool> switch_in_query(const httplib::Request& request, Trigger trigger) {
    const std::string name(switch_of(trigger));
    const Query query = name.empty() ? Query(request, {}) : Query(request, {name});
    return request.has_param(name) ? std::optional(query.flag(name)) : std::nullopt;
}

/// Runs an act; whatever it throws becomes a problem document.
template <class Act>
void guarded(const httplib::Request& request, httplib::Response& response, Act act) {
    try {
        act();
    } catch (const Error& error) {
        Problem problem = problem_of(error);
        if (error.id().starts_with("query.")) problem.status = 400;
        answer(response, request, problem);
    } catch (const std::exception&) {
        answer(response, request, {500, "http.internal", "the server failed", "Look at its log.", ""});
    }
}

}  // namespace

Routes::Routes(JobCommands& jobs, ServerHooks hooks, Metrics& metrics, const Guard& guard,
               std::string version, const ConnectionLimits& limits)
    : jobs_(jobs),
      hooks_(std::move(hooks)),
      metrics_(metrics),
      guard_(guard),
      version_(std::move(version)),
      body_limit_(limits.body_bytes),
      slots_(limits.streams) {}

void Routes::add_to(BoundedServer& server) {
    server_ = &server;
    server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
        return route(request, response);
    });
    for (const char* path : {"/job", "/api/v1/job"})
        server.Post(path,
                    [this](const httplib::Request& request, httplib::Response& response,
                           const httplib::ContentReader& reader) { submit(request, response, reader); });
    server.Patch(R"((?:/api/v1)?/job/[^/]+/limits)",
                 [this](const httplib::Request& request, httplib::Response& response,
                        const httplib::ContentReader& reader) { set_limits(request, response, reader); });
    server.Post(R"((?:/api/v1)?/job/[^/]+/[^/]+)",
                [this](const httplib::Request& request, httplib::Response& response,
                       const httplib::ContentReader& reader) { command(request, response, reader); });
    // What the library refuses by itself (broken request lines, header sizes) gets a problem document too.
    server.set_error_handler(
        httplib::Server::Handler([](const httplib::Request& request, httplib::Response& response) {
            // Of a Range that is half good the good half is there, and would be cut out of the answer. The library's request
            // itself is not const.
            const_cast<httplib::Request&>(request).ranges.clear();
            if (!response.body.empty()) return;
            const int status = BoundedServer::is_head_too_large() ? 431 : response.status;
            answer(response, request, {status, "http.bad_request", std::string(title_of(status)), "", ""});
        }));
    server.set_exception_handler(
        [](const httplib::Request& request, httplib::Response& response, const std::exception_ptr&) {
            answer(response, request, {500, "http.internal", "the server failed", "Look at its log.", ""});
        });
    server.set_default_headers(
        {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}, {"Accept-Ranges", "none"}});
}

Routes::Handled Routes::route(const httplib::Request& request, httplib::Response& response) {
    Target target = target_of(request.path);
    guarded(request, response, [&] { dispatch(request, response, target); });
    if (response.status == -1) return Handled::Unhandled;  // the body is read next
    metrics_.count(target.route, response.status);
    return Handled::Handled;
}

void Routes::dispatch(const httplib::Request& request, httplib::Response& response, Target& target) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (target.resource == Resource::health && reads) return health(response);
    if (auto refusal = guard_.refuse(request, response)) return answer(response, request, *refusal);
    if (target.resource == Resource::none)
        return answer(response, request,
                      {404, "http.no_route", "there is no such resource", "See docs/http-api.md.", ""});
    if (reads ? !target.reads() : request.method != target.method()) {
        response.set_header("Allow", target.reads() ? "GET, HEAD" : std::string(target.method()));
        return answer(response, request,
                      {405, "http.method", fmt::format("{} is not allowed here", request.method), "", ""});
    }
    switch (target.resource) {
        case Resource::health:
            return health(response);
        case Resource::metrics: {
            const Query none(request, {});
            response.status = 200;
            return response.set_content(metrics_.text(jobs_), "text/plain; version=0.0.4; charset=utf-8");
        }
        case Resource::jobs:
            return list(request, response);
        case Resource::job: {
            const Query none(request, {});
            return show(target.id, response);
        }
        case Resource::events:
            return events(target.id, request, response);
        case Resource::stream:
            return stream(target.id, request, response);
        case Resource::command: {
            const bool on = switch_in_query(request, target.trigger).value_or(false);
            if (announces_body(request)) return announce_body(request, response);
            return obey(target, on, response);
        }
        case Resource::limits: {
            (void)jobs_.get(target.id);
            const Query none(request, {});
            return announce_body(request, response);
        }
        case Resource::submit: {
            const Query none(request, {});
            return announce_body(request, response);
        }
        case Resource::none:
            return;
    }
}

void Routes::announce_body(const httplib::Request& request, httplib::Response& response) const {
    if (!acceptable_type(request))
        return answer(response, request,
                      {415, "http.media_type", "the body is sent as application/json",
                       "Add the header Content-Type: application/json.", ""});
    if (declared_length(request) > body_limit_)
        return answer(
            response, request,
            {413, "http.too_large", fmt::format("the body is bigger than {} bytes", body_limit_), "", ""});
}

std::optional<std::string> Routes::body_of(const httplib::Request& request, httplib::Response& response,
                                           const httplib::ContentReader& reader) const {
    std::string body;
    bool too_large = false;
    const bool whole = reader([&](const char* data, std::size_t size) {
        too_large = too_large || body.size() + size > body_limit_;  // after decompression
        if (!too_large) body.append(data, size);
        return !too_large;
    });
    if (too_large || response.status == 413) {
        answer(response, request,
               {413, "http.too_large", fmt::format("the body is bigger than {} bytes", body_limit_), "", ""});
        return std::nullopt;
    }
    if (!whole) {
        const int status = response.status == 415 ? 415 : 400;
        answer(response, request, {status, "http.bad_request", "the body did not arrive as announced", "", ""});
        return std::nullopt;
    }
    return body;
}

void Routes::submit(const httplib::Request& request, httplib::Response& response,
                    const httplib::ContentReader& reader) {
    guarded(request, response, [&] {
        const std::optional<std::string> body = body_of(request, response, reader);
        if (!body) return;
        JobSpec spec = hooks_.parse_job(*body);
        const bool start = spec.start;
        const Job job = jobs_.submit(std::move(spec), start);
        response.set_header("Location", "/job/" + job.id.str());
        answer_json(response, 202, {{"id", job.id.str()}, {"state", to_string(job.state)}});
    });
    metrics_.count("POST /job", response.status);
}

void Routes::set_limits(const httplib::Request& request, httplib::Response& response,
                        const httplib::ContentReader& reader) {
    const Target target = target_of(request.path);
    guarded(request, response, [&] {
        const std::optional<std::string> body = body_of(request, response, reader);
        if (!body) return;
        const Limits wanted = hooks_.parse_limits(*body, jobs_.get(target.id).spec.limits);
        const Job job = jobs_.set_limits(target.id, wanted);
        answer_json(response, 200,
                    {{"id", job.id.str()}, {"state", to_string(job.state)}, {"limits", limits_to_json(job.spec.limits)}});
    });
    metrics_.count(target.route, response.status);
}

void Routes::command(const httplib::Request& request, httplib::Response& response,
                     const httplib::ContentReader& reader) {
    const Target target = target_of(request.path);
    guarded(request, response, [&] {
        const std::optional<std::string> body = body_of(request, response, reader);
        if (!body) return;
        const std::optional<bool> query = switch_in_query(request, target.trigger);
        const std::optional<bool> sent = switch_in_body(*body, target.trigger);
        const std::string name(switch_of(target.trigger));
        if (query && sent)
            throw Error(ErrorKind::usage, "query.twice", name,
                        fmt::format("{}: given in the address and in the body", name), "Say it in one of them.");
        obey(target, query.value_or(sent.value_or(false)), response);
    });
    metrics_.count(target.route, response.status);
}

void Routes::obey(const Target& target, bool on, httplib::Response& response) {
    if (on && target.trigger == Trigger::cutover) return rehearse(target.id, response);
    if (on) return accepted(jobs_.retry_with_repair(target.id), response);
    accepted(jobs_.command(target.id, target.trigger), response);
}

void Routes::health(httplib::Response& response) const {
    const bool store = hooks_.store_healthy();
    answer_json(
        response, store ? 200 : 503,
        {{"status", store ? "ok" : "failing"}, {"version", version_}, {"store", store ? "ok" : "failing"}});
}

void Routes::list(const httplib::Request& request, httplib::Response& response) const {
    const Query query(request, {"state", "lifecycle", "limit"});
    const auto state = query.text("state");
    const auto lifecycle = query.text("lifecycle");
    const std::uint64_t limit = query.count("limit", 100, 1, 1000);
    const auto unknown = [](const char* name) {
        return Error(ErrorKind::usage, "query.value", name, fmt::format("{}: no such word", name),
                     "docs/states.md lists states and lifecycles.");
    };
    if (state && !job_state_from(*state)) throw unknown("state");
    bool known = !lifecycle;
    for (const JobState candidate : all_job_states())
        known = known || to_string(lifecycle_of(candidate)) == *lifecycle;
    if (!known) throw unknown("lifecycle");

    Json jobs = Json::array();
    for (const Job& job : jobs_.list()) {
        if (jobs.size() >= limit) break;
        if (state && to_string(job.state) != *state) continue;
        if (lifecycle && to_string(lifecycle_of(job.state)) != *lifecycle) continue;
        jobs.push_back(summary_to_json(summary_of(job)));
    }
    answer_json(response, 200, {{"jobs", std::move(jobs)}});
}

void Routes::show(const JobId& id, httplib::Response& response) const {
    Json document = job_to_json(jobs_.get(id));
    Json progress = Json::array();
    for (const TableProgress& table : jobs_.progress(id)) progress.push_back(progress_to_json(table));
    document["progress"] = std::move(progress);
    document["stream"] = stream_to_json(jobs_.stream(id));
    answer_json(response, 200, document);
}

void Routes::events(const JobId& id, const httplib::Request& request, httplib::Response& response) const {
    const Query query(request, {"after", "limit"});
    const std::uint64_t after = query.count("after", 0, 0, INT64_MAX);
    const std::uint64_t limit = query.count("limit", 100, 1, 1000);
    (void)jobs_.get(id);  // an unknown job is 404, not an empty list
    Json list = Json::array();
    std::uint64_t next = after;
    for (const Event& event : jobs_.events(id, after, limit)) {
        list.push_back(event_to_json(event));
        next = event.sequence;
    }
    answer_json(response, 200, {{"events", std::move(list)}, {"next", next}});
}

void Routes::stream(const JobId& id, const httplib::Request& request, httplib::Response& response) {
    const Query query(request, {"after"});
    std::uint64_t after = query.count("after", 0, 0, INT64_MAX);
    // A browser that reconnects says it in the header, and repeats the address that it first had.
    const bool resumed = request.has_header("Last-Event-ID");
    if (resumed) after = count_of(request.get_header_value("Last-Event-ID"), "Last-Event-ID", 0, INT64_MAX);
    (void)jobs_.get(id);
    // All events to come would count as told, the job's last one too: such a stream would be silent and never end.
    if (after > 0 && jobs_.events(id, after - 1, 1).empty()) {
        const char* const name = resumed ? "Last-Event-ID" : "after";
        throw Error(ErrorKind::usage, "query.value", name, fmt::format("{}: the job has no event {} yet", name, after),
                    "Begin without it: the stream tells all events.");
    }
    std::shared_ptr<void> slot = slots_.take();
    if (!slot) {
        response.set_header("Retry-After", "5");
        return answer(response, request,
                      {503, "http.too_many_streams", "as many readers follow jobs as the server serves at once",
                       "Close one, or ask GET /job/{id}/events now and then.", ""});
    }
    response.status = 200;
    response.set_header("X-Accel-Buffering", "no");  // proxies that buffer would hold events back
    response.set_chunked_content_provider(
        "text/event-stream", [this, id, after, slot](std::size_t, httplib::DataSink& sink) {
            EventStream events(jobs_, id, after);
            server_->run_long([&](const EventStream::Alive& alive) {
                try {
                    events.run([&](const std::string& text) { return sink.write(text.data(), text.size()); }, alive);
                } catch (const std::exception&) {
                    // The store failed: the connection ends, and the reader goes on from its last event.
                }
            });
            sink.done();
            return true;
        });
}

void Routes::rehearse(const JobId& id, httplib::Response& response) {
    const Findings findings = jobs_.rehearse_cutover(id);
    answer_json(response, 200,
                {{"id", id.str()}, {"ready", !has_errors(findings)}, {"findings", findings_to_json(findings)}});
}

void Routes::accepted(const Job& job, httplib::Response& response) {
    answer_json(response, 202, {{"id", job.id.str()}, {"state", to_string(job.state)}});
}

}  // namespace transload::http
