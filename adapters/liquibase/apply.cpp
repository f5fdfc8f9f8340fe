#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "adapters/liquibase/target.hpp"

namespace transload::liquibase {
namespace {

/// Server errors that say: it is there already. After a kill -9 the server may have finished a statement
/// behind our back; the changeSets' own conditions see that when asked again.
bool already_there(unsigned code) {
    static const std::set<unsigned> codes{1022, 1050, 1061, 1304, 1359, 1537, 1826};
    return codes.contains(code);
}

/// Stage labels of the part in their order; one empty stage when all may run at once.
std::vector<std::string> stages_of(const std::vector<DatabaseChangelog>& changelogs, SchemaPart part) {
    if (part == SchemaPart::pre_data || changelogs.size() == 1) return {""};
    std::set<unsigned> numbers;
    bool last = false;
    for (const DatabaseChangelog& one : changelogs)
        for (const ChangeSet& change : one.changelog.change_sets) {
            if (change.stage == "stage-last")
                last = true;
            else if (change.stage.starts_with("stage-"))
                numbers.insert(static_cast<unsigned>(std::stoul(change.stage.substr(6))));
        }
    std::vector<std::string> stages;
    for (const unsigned number : numbers) stages.push_back(fmt::format("stage-{}", number));
    if (last) stages.emplace_back("stage-last");
    return stages;
}

bool anything_to_do(const DatabaseChangelog& one, SchemaPart part, const std::string& stage,
                    Bookkeeping& books) {
    const std::set<std::string> recorded = books.recorded_change_sets(one.changelog.logical_path);
    return std::any_of(one.changelog.change_sets.begin(), one.changelog.change_sets.end(),
                       [&](const ChangeSet& change) {
                           return change.part == part && (stage.empty() || change.stage == stage) &&
                                  !recorded.contains(change.id);
                       });
}

}  // namespace

std::vector<DatabaseChangelog> load_changelogs(const SchemaJob& job) {
    std::vector<DatabaseChangelog> result;
    for (const DatabaseMapping& mapping : job.spec.databases) {
        DatabaseChangelog one;
        one.mapping = mapping;
        one.file = job.directory / changelog_file_name(mapping.source);
        one.changelog = read_changelog(one.file);
        result.push_back(std::move(one));
    }
    return result;
}

void run_updates(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, SchemaPart part,
                 Bookkeeping& books, bool mariadb, RunControl& control) {
    std::optional<Client> client;
    const std::string label = part == SchemaPart::pre_data ? "pre-data" : "post-data";
    for (const std::string& stage : stages_of(changelogs, part))
        for (const DatabaseChangelog& one : changelogs) {
            control.check();
            if (!anything_to_do(one, part, stage, books)) continue;
            if (!client) client.emplace(job.spec.liquibase);
            Run run{job.spec.target,
                    one.mapping.target,
                    mariadb,
                    {},
                    "update",
                    {},
                    std::filesystem::absolute(job.directory),
                    std::filesystem::absolute(job.log_file)};
            run.global_arguments = {
                std::string("--liquibase-catalog-name=") + Bookkeeping::schema,
                "--database-changelog-table-name=" + books.changelog_table(),
                "--database-changelog-lock-table-name=" + books.lock_table(),
                // A list with commas, which a folder's name may hold: so the folder it runs in.
                "--search-path=."};
            run.arguments = {"--changelog-file=" + one.file.filename().string(),
                             "--label-filter=" + (stage.empty() ? label : stage), "--show-summary=OFF"};
            control.event(
                Severity::info, "schema.apply", one.mapping.target,
                fmt::format("liquibase update, {} part{}", label, stage.empty() ? "" : ", " + stage));
            RunResult result = client->run(run, control);
            if (!result.success && already_there(result.failure.code)) {
                books.release_lock();
                result = client->run(run, control);
            }
            if (!result.success)
                throw to_error(result.failure, one.mapping.target, job.spec.target.label(),
                               job.log_file.string());
        }
}

}  // namespace transload::liquibase
