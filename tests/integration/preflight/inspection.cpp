#include "tests/integration/preflight/inspection.hpp"

#include "adapters/mysql/catalog.hpp"
#include "adapters/mysql/preflight/preflight.hpp"
#include "orchestrator/plan/names.hpp"

namespace transload::test {

Endpoint endpoint_of(const TestServer& server, const std::string& user, const std::string& password) {
    Endpoint endpoint;
    endpoint.host = server.host();
    endpoint.port = static_cast<std::uint16_t>(server.port());
    endpoint.user = user;
    endpoint.password = Secret(user == "root" ? server.password() : password);
    return endpoint;
}

JobSpec job_of(const TestServer& source, const TestServer& target, const std::string& database,
               const std::string& target_database) {
    JobSpec spec;
    spec.source = endpoint_of(source);
    spec.target = endpoint_of(target);
    spec.databases = {{database, target_database.empty() ? database : target_database}};
    return spec;
}

std::vector<TablePlan> plan_of(const JobSpec& spec) {
    QuietControl control;
    return mysql::MysqlCatalog().plan_tables(spec, control);
}

Findings inspect(const JobSpec& spec) {
    QuietControl control;
    return mysql::MysqlPreflight().inspect(spec, plan_of(spec), control);
}

const Finding* find(const Findings& findings, std::string_view id, std::string_view object) {
    for (const Finding& finding : findings)
        if (finding.id == id && (object.empty() || finding.object == object)) return &finding;
    return nullptr;
}

std::string describe(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings)
        text += std::string(to_string(finding.severity)) + " " + finding.id + " [" + finding.object + "] " +
                finding.message + " -> " + finding.remedy + "\n";
    return text;
}

std::vector<std::string> errors(const Findings& findings) {
    std::vector<std::string> ids;
    for (const Finding& finding : findings)
        if (finding.severity == Severity::error && (ids.empty() || ids.back() != finding.id))
            ids.push_back(finding.id);
    return ids;
}

}  // namespace transload::test
