#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "adapters/liquibase/target.hpp"

namespace transload::liquibase {
namespace {

/// Stage labels of the part in their order; one empty stage when all may run at once.
std::vector<std::string> stages_of(const std::vector<DatabaseChangelog>& changelogs, SchemaPart part, Reach reach) {
    if (part == SchemaPart::pre_data || changelogs.size() == 1) return {""};
    std::set<unsigned> numbers;
    bool last = false;
    for (const DatabaseChangelog& one : changelogs)
        for (const ChangeSet& change : one.changelog.change_sets) {
            if (acts(change))
                last = reach == Reach::all;
            else if (change.stage.starts_with("stage-"))
                numbers.insert(static_cast<unsigned>(std::stoul(change.stage.substr(6))));
        }
    std::vector<std::string> stages;
    for (const unsigned number : numbers) stages.push_back(fmt::format("stage-{}", number));
    if (last) stages.emplace_back("stage-last");
    return stages;
}

bool anything_to_do(const DatabaseChangelog& one, SchemaPart part, Reach reach, const std::string& stage,
                    Carrier carrier, Bookkeeping& books) {
    const std::set<std::string> recorded = books.recorded_change_sets(one.changelog.logical_path);
    return std::any_of(one.changelog.change_sets.begin(), one.changelog.change_sets.end(),
                       [&](const ChangeSet& change) {
                           return change.part == part && change.carrier == carrier &&
                                  (stage.empty() || change.stage == stage) &&
                                  (reach == Reach::all || !acts(change)) &&
                                  !recorded.contains(change.id);
                       });
}

bool all_by_liquibase(const Changelog& changelog) {
    return std::all_of(changelog.change_sets.begin(), changelog.change_sets.end(),
                       [](const ChangeSet& change) { return change.carrier == Carrier::liquibase; });
}

/// Liquibase over one of the job's files, with the job's own books.
Run run_of(const SchemaJob& job, const DatabaseChangelog& one, const std::string& command, const std::string& labels,
           const Bookkeeping& books, bool mariadb) {
    Run run{job.spec.target,
            one.mapping.target,
            mariadb,
            {},
            command,
            {"--changelog-file=" + one.file.filename().string(), "--label-filter=" + labels},
            std::filesystem::absolute(job.directory),
            std::filesystem::absolute(job.log_file)};
    run.global_arguments = {std::string("--liquibase-catalog-name=") + Bookkeeping::schema,
                            "--database-changelog-table-name=" + books.changelog_table(),
                            "--database-changelog-lock-table-name=" + books.lock_table(),
                            // A list with commas, which a folder's name may hold: so the folder it runs in.
                            "--search-path=."};
    return run;
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

bool already_there(unsigned code) {
    static const std::set<unsigned> codes{1022, 1050, 1061, 1304, 1359, 1537, 1826};
    return codes.contains(code);
}

void run_updates(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, SchemaPart part, Reach reach,
                 Bookkeeping& books, bool mariadb, RunControl& control) {
    std::optional<Client> client;
    const std::string label = part == SchemaPart::pre_data ? "pre-data" : "post-data";
    for (const std::string& stage : stages_of(changelogs, part, reach))
        for (const DatabaseChangelog& one : changelogs) {
            control.check();
            if (!anything_to_do(one, part, reach, stage, Carrier::liquibase, books)) continue;
            if (!client) client.emplace(job.spec.liquibase);
            std::string labels = stage.empty() ? label : stage;
            if (stage.empty() && reach == Reach::ahead) labels += " and !stage-last";
            if (!all_by_liquibase(one.changelog)) labels += " and !sharded and !left-out";
            Run run = run_of(job, one, "update", labels, books, mariadb);
            run.arguments.emplace_back("--show-summary=OFF");
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

void record_sharded(const SchemaJob& job, const std::vector<DatabaseChangelog>& changelogs, Bookkeeping& books,
                    bool mariadb, RunControl& control) {
    for (const DatabaseChangelog& one : changelogs) {
        control.check();
        if (!anything_to_do(one, SchemaPart::pre_data, Reach::all, "", Carrier::proxy, books)) continue;
        control.event(Severity::info, "schema.apply", one.mapping.target,
                      "liquibase changelog-sync, tables that ShardingSphere-Proxy makes");
        const Run run = run_of(job, one, "changelog-sync", "sharded", books, mariadb);
        const RunResult result = Client(job.spec.liquibase).run(run, control);
        if (!result.success)
            throw to_error(result.failure, one.mapping.target, job.spec.target.label(), job.log_file.string());
    }
}

}  // namespace transload::liquibase
