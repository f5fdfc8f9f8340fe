#include "adapters/liquibase/schema_tool.hpp"

#include <fmt/format.h>

#include "adapters/liquibase/ahead.hpp"
#include "adapters/liquibase/at_cutover.hpp"
#include "adapters/liquibase/compare.hpp"
#include "adapters/liquibase/complete.hpp"
#include "adapters/liquibase/mapping.hpp"
#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/liquibase/target.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

namespace fs = std::filesystem;

mysql::Connection connect(const Endpoint& endpoint, const std::string& database = {}) {
    mysql::ConnectOptions options;
    options.database = database;
    return mysql::Connection(endpoint, options);
}

/// All names of a database, selected or not.
std::set<std::string> all_names(mysql::Connection& connection) {
    std::set<std::string> names;
    for (const mysql::Row& row :
         connection.query("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA=DATABASE()")
             .rows)
        names.insert(row.at(0).value_or(""));
    return names;
}

/// Liquibase's own view of a database; deleted once it is judged.
class RawChangelog {
  public:
    RawChangelog(const SchemaJob& job, const std::string& database)
        : file_(fs::absolute(job.directory) / ("generated-" + changelog_file_name(database))) {
        fs::create_directories(file_.parent_path());
        fs::remove(file_);
    }
    ~RawChangelog() {
        std::error_code ignored;
        fs::remove(file_, ignored);
    }
    RawChangelog(const RawChangelog&) = delete;
    RawChangelog& operator=(const RawChangelog&) = delete;
    [[nodiscard]] const fs::path& file() const { return file_; }

  private:
    fs::path file_;
};

GeneratedTables generate_changelog(const SchemaJob& job, const SourceDatabase& database, const Client& client,
                                   Findings& findings, RunControl& control) {
    const RawChangelog raw(job, database.name);
    // Views, indexes and keys always come from the server's own text, and reading them is where Liquibase
    // stumbles.
    const Run run{job.spec.source,
                  database.name,
                  database.version.mariadb,
                  {},
                  "generate-changelog",
                  {"--changelog-file=" + raw.file().filename().string(),
                   "--diff-types=tables,columns,primarykeys", "--overwrite-output-file=true"},
                  raw.file().parent_path(),
                  fs::absolute(job.log_file)};
    control.event(Severity::info, "schema.generate", database.name, "liquibase generate-changelog");
    const RunResult result = client.run(run, control);
    if (!result.version.empty() && !result.version.starts_with("4.27."))
        findings.push_back(
            {"liquibase.version", Severity::warning, "liquibase",
             "this is Liquibase " + result.version + "; Transload is made for and tested with 4.27.0",
             "run scripts/setup, or give the folder of a Liquibase 4.27.0 with --liquibase"});
    if (!result.success) {
        if (!result.failure.started || result.failure.connection)
            throw to_error(result.failure, database.name, job.spec.source.label(), job.log_file.string());
        findings.push_back({"schema.generate_incomplete", Severity::info, database.name,
                            "Liquibase could not describe the database, so that everything comes from the "
                            "server's own definitions: " +
                                result.failure.message,
                            ""});
        return {};
    }
    return read_generated(raw.file().string());
}

void report_unselected(const JobSpec& spec, const std::string& database, mysql::Connection& connection,
                       Findings& findings) {
    if (whole_database(spec.tables, database)) return;
    const mysql::Value routines =
        connection.scalar("SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA=DATABASE()");
    const mysql::Value events =
        connection.scalar("SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA=DATABASE()");
    if (routines.value_or("0") == "0" && events.value_or("0") == "0") return;
    findings.push_back({"schema.programs_not_selected", Severity::warning, database,
                        fmt::format("{} routines and {} events stay behind, because the selection names "
                                    "tables and not the whole database",
                                    routines.value_or("0"), events.value_or("0")),
                        "include \"*\" to move them, with --exclude for the tables that are not to move"});
}

}  // namespace

Findings LiquibaseSchemaTool::inspect(const JobSpec& spec) {
    try {
        check_java(locate(spec.liquibase).java);
    } catch (const Error& error) {
        return {{error.id(), Severity::error, error.object(), error.message(), error.remedy()}};
    }
    return {};
}

SchemaReport LiquibaseSchemaTool::generate(const SchemaJob& job, RunControl& control) {
    const Client client(job.spec.liquibase);
    SchemaReport report;
    std::vector<SourceDatabase> databases;
    std::map<std::string, std::set<std::string>> everything;
    const SchemaMapping names(job.tables);
    for (const DatabaseMapping& mapping : job.spec.databases) {
        control.check();
        mysql::Connection connection = connect(job.spec.source, mapping.source);
        databases.push_back(read_database(connection, mapping.source,
                                          wanted_of(job.spec, job.tables, mapping.source), control));
        apply_mapping(databases.back(), names);
        everything[mapping.source] = all_names(connection);
        report_unselected(job.spec, mapping.source, connection, report.different);
    }
    const CompletionContext context = make_context(job.spec, job.tables, databases, everything);
    for (const SourceDatabase& database : databases) {
        const GeneratedTables generated =
            generate_changelog(job, database, client, report.different, control);
        Completion completion = complete(database, generated, context);
        const fs::path file = job.directory / changelog_file_name(database.name);
        write_file(file, to_xml(completion.changelog));
        report.changelogs.push_back(file.string());
        report.different.insert(report.different.end(), completion.findings.begin(),
                                completion.findings.end());
        report.objects += completion.changelog.change_sets.size();
    }
    return report;
}

void LiquibaseSchemaTool::apply(const SchemaJob& job, SchemaPart part, RunControl& control) {
    const std::vector<DatabaseChangelog> changelogs = load_changelogs(job);
    mysql::Connection connection = connect(job.spec.target);
    Bookkeeping books(connection, job.id);
    prepare_target(job, changelogs, part, books, connection, control);
    if (part == SchemaPart::post_data) record_at_cutover(changelogs, books, connection);
    run_updates(job, changelogs, part, Reach::all, books, connection.version().mariadb, control);
    if (part == SchemaPart::pre_data) record_sharded(job, changelogs, books, connection.version().mariadb, control);
}

void LiquibaseSchemaTool::apply_ahead(const SchemaJob& job, RunControl& control) {
    const std::vector<DatabaseChangelog> changelogs = load_changelogs(job);
    mysql::Connection connection = connect(job.spec.target);
    Bookkeeping books(connection, job.id);
    prepare_target(job, changelogs, SchemaPart::post_data, books, connection, control);
    alter_gently(job, changelogs, books, control);
    run_updates(job, changelogs, SchemaPart::post_data, Reach::ahead, books, connection.version().mariadb, control);
}

void LiquibaseSchemaTool::apply_at_cutover(const SchemaJob& job, RunControl& control) {
    create_at_cutover(job, load_changelogs(job), control);
}

void LiquibaseSchemaTool::withdraw_at_cutover(const SchemaJob& job, RunControl& control) {
    drop_at_cutover(job, load_changelogs(job), control);
}

SchemaReport LiquibaseSchemaTool::compare(const SchemaJob& job, SchemaPart part, RunControl& control) {
    SchemaReport report = compare_schemas(job, part, control);
    for (const DatabaseMapping& mapping : job.spec.databases)
        report.changelogs.push_back((job.directory / changelog_file_name(mapping.source)).string());
    return report;
}

std::vector<DeferredIndexes> LiquibaseSchemaTool::deferred_indexes(const SchemaJob& job) {
    std::vector<DeferredIndexes> result;
    for (const DatabaseChangelog& one : load_changelogs(job))
        for (const ChangeSet& change : one.changelog.change_sets) {
            if (!change.id.starts_with("indexes:")) continue;
            for (const std::string& statement : change.statements) {
                if (!statement.starts_with("ALTER TABLE ")) continue;
                const std::vector<Token> tokens = tokenize(statement);
                DeferredIndexes deferred;
                std::size_t head = 0, at = 0;
                for (; at < tokens.size() && tokens[at].kind != TokenKind::name; ++at)
                    head += tokens[at].text.size();
                deferred.target = {one.mapping.target, tokens.at(at).name()};
                for (const std::string& clause :
                     split_list(std::string_view(statement).substr(head + tokens[at].text.size()))) {
                    deferred.names.push_back(parse_item(clause).name);
                    deferred.clauses.push_back(clause);
                }
                result.push_back(std::move(deferred));
            }
        }
    return result;
}

void LiquibaseSchemaTool::forget(const SchemaJob& job, RunControl& control) {
    control.check();
    mysql::Connection connection = connect(job.spec.target);
    Bookkeeping(connection, job.id).forget();
}

void LiquibaseSchemaTool::drop_created(const SchemaJob& job, RunControl& control) {
    mysql::Connection connection = connect(job.spec.target);
    Bookkeeping books(connection, job.id);
    drop_recorded(connection, books, control);
}

}  // namespace transload::liquibase
