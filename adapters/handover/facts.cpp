#include "adapters/handover/facts.hpp"

#include <exception>
#include <nlohmann/json.hpp>

namespace transload::handover {
namespace {

using Json = nlohmann::ordered_json;

Json endpoint(const Endpoint& server, const std::vector<DatabaseMapping>& databases, std::string DatabaseMapping::*name) {
    Json names = Json::array();
    for (const DatabaseMapping& mapping : databases) names.push_back(mapping.*name);
    return {{"host", server.host}, {"port", server.port}, {"databases", names}};
}

}  // namespace

std::string_view to_string(HandOverKind kind) { return kind == HandOverKind::cutover ? "cutover" : "cut_back"; }

std::string facts_json(const JobSpec& spec, const HandOverFacts& facts) {
    const Json document{{"event", to_string(facts.kind)},
                        {"job", facts.job.str()},
                        {"source", endpoint(spec.source, spec.databases, &DatabaseMapping::source)},
                        {"target", endpoint(spec.target, spec.databases, &DatabaseMapping::target)},
                        {"source_position", facts.source_position},
                        {"target_position", facts.target_position},
                        {"write_stop_seconds", facts.write_stop_seconds}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void tell_event(RunControl& control, std::string_view who, std::string_view what) noexcept {
    try {
        control.event(Severity::info, "cutover.hand_over", who, what);
    } catch (const std::exception&) {
        // The next record of the job will say that nothing can be stored.
    }
}

Error failure(std::string who, const std::string& what) {
    return Error(ErrorKind::failed, "cutover.hand_over", std::move(who), what,
                 "mend what is told of the hand-over (cutover.hand_over); it may be told twice of one hand-over");
}

}  // namespace transload::handover
