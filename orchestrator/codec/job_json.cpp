#include "orchestrator/codec/job_json.hpp"

#include "orchestrator/codec/member_reader.hpp"
#include "orchestrator/codec/report_json.hpp"
#include "orchestrator/codec/time_text.hpp"

namespace transload {
namespace {

WallTime time_of(const Json& document, const char* member) {
    std::string text;
    codec::read(document, member, text);
    const auto time = utc_from_text(text);
    if (!time) codec::malformed(member, "a time");
    return *time;
}

JobState state_of(const Json& document) {
    std::string text;
    codec::read(document, "state", text);
    const auto state = job_state_from(text);
    if (!state) codec::malformed("state", "a known state");
    return *state;
}

}  // namespace

Json failure_to_json(const std::optional<Failure>& failure) {
    if (!failure) return nullptr;
    return {{"state", to_string(failure->state)}, {"step", failure->step},     {"object", failure->object},
            {"message", failure->message},        {"remedy", failure->remedy}, {"id", failure->id}};
}

std::optional<Failure> failure_from_json(const Json& document) {
    if (document.is_null()) return std::nullopt;
    Failure failure;
    failure.state = state_of(document);
    codec::read(document, "step", failure.step);
    codec::read(document, "object", failure.object);
    codec::read(document, "message", failure.message);
    codec::read(document, "remedy", failure.remedy);
    codec::read(document, "id", failure.id);
    return failure;
}

Json job_to_json(const Job& job) {
    Json document{{"job_id", job.id.str()},
                  {"state", to_string(job.state)},
                  {"lifecycle", to_string(lifecycle_of(job.state))},
                  {"resume_state", to_string(job.resume_state)},
                  {"created", utc_text(job.created)},
                  {"updated", utc_text(job.updated)},
                  {"engine", to_string(job.spec.engine)},
                  {"failure", failure_to_json(job.failure)}};
    Json report = report_to_json(job.report);
    for (auto member = report.begin(); member != report.end(); ++member)
        if (member.key() != "engine") document[member.key()] = std::move(member.value());
    // What ran is more telling than what was asked for, once it is known.
    if (!job.report.engine.empty()) document["engine"] = job.report.engine;
    return document;
}

JobSummary summary_of(const Job& job) {
    return {job.id,
            job.state,
            job.spec.source.label(),
            job.spec.target.label(),
            job.spec.databases,
            job.failure ? job.failure->message : std::string{},
            job.created,
            job.updated};
}

Json summary_to_json(const JobSummary& summary) {
    Json databases = Json::array();
    for (const DatabaseMapping& mapping : summary.databases)
        databases.push_back({{"source", mapping.source}, {"target", mapping.target}});
    return {{"job_id", summary.id.str()},
            {"state", to_string(summary.state)},
            {"lifecycle", to_string(lifecycle_of(summary.state))},
            {"source", summary.source},
            {"target", summary.target},
            {"databases", std::move(databases)},
            {"message", codec::text_or_null(summary.message)},
            {"created", utc_text(summary.created)},
            {"updated", utc_text(summary.updated)}};
}

JobSummary summary_from_json(const Json& document) {
    JobSummary summary;
    std::string id;
    codec::read(document, "job_id", id);
    summary.id = JobId{id};
    summary.state = state_of(document);
    codec::read(document, "source", summary.source);
    codec::read(document, "target", summary.target);
    for (const Json& item : codec::list(document, "databases")) {
        DatabaseMapping mapping;
        codec::read(item, "source", mapping.source);
        codec::read(item, "target", mapping.target);
        summary.databases.push_back(std::move(mapping));
    }
    codec::read(document, "message", summary.message);
    summary.created = time_of(document, "created");
    summary.updated = time_of(document, "updated");
    return summary;
}

}  // namespace transload
