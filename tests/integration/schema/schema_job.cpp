#include "tests/integration/schema/schema_job.hpp"

#include <stdexcept>

#include "adapters/liquibase/changelog.hpp"
#include "adapters/liquibase/installation.hpp"
#include "adapters/liquibase/jdbc_url.hpp"
#include "adapters/mysql/catalog.hpp"
#include "tests/support/process.hpp"

namespace transload::test {
namespace {

/// Liquibase's search path is a list with commas, so that a folder's own comma and blank are worth a try always.
constexpr const char* kFolder = "schema, with a comma";

Endpoint endpoint_of(const TestServer& server) {
    Endpoint endpoint;
    endpoint.host = server.host();
    endpoint.port = static_cast<std::uint16_t>(server.port());
    endpoint.user = TestServer::user();
    endpoint.password = Secret(server.password());
    return endpoint;
}

}  // namespace

SchemaMove::SchemaMove(const TestServer& source, const TestServer& target,
                       std::vector<DatabaseMapping> databases, std::string id)
    : id_(std::move(id)) {
    spec.source = endpoint_of(source);
    spec.target = endpoint_of(target);
    spec.databases = std::move(databases);
}

SchemaJob SchemaMove::job() {
    return SchemaJob{id_, spec, tables, folder_ / kFolder, folder_ / "job.log"};
}

SchemaReport SchemaMove::generate() {
    tables = mysql::MysqlCatalog().plan_tables(spec, control);
    return tool.generate(job(), control);
}

SchemaReport SchemaMove::run() {
    generate();
    tool.apply(job(), SchemaPart::pre_data, control);
    const SchemaReport before = tool.compare(job(), SchemaPart::pre_data, control);
    if (has_errors(before.different))
        throw std::runtime_error("pre-data: " + text_of(before.different, Severity::error));
    tool.apply(job(), SchemaPart::post_data, control);
    return tool.compare(job(), SchemaPart::post_data, control);
}

std::filesystem::path SchemaMove::changelog(const std::string& database) const {
    return folder_ / kFolder / liquibase::changelog_file_name(database);
}

void replay(const std::filesystem::path& changelog, const TestServer& server, const std::string& database) {
    const liquibase::Installation installation = liquibase::locate({});
    ProcessOptions options;
    options.directory = changelog.parent_path();
    options.environment = {{"LIQUIBASE_COMMAND_USERNAME", TestServer::user()},
                           {"LIQUIBASE_COMMAND_PASSWORD", server.password()}};
    const std::string url = "--url=jdbc:mysql://" + server.host() + ":" + std::to_string(server.port()) +
                            "/" + liquibase::percent_encode(database) + "?allowPublicKeyRetrieval=true";
    const ProcessResult result =
        test::run({installation.java.string(), "-cp", installation.class_path,
                   "liquibase.integration.commandline.LiquibaseCommandLine", "update", url,
                   "--changelog-file=" + changelog.filename().string()},
                  options, std::chrono::seconds(120));
    if (result.exit_code != 0) throw std::runtime_error(result.out + result.err);
    // Its own tables are not part of the schema.
    sql(server, "DROP TABLE DATABASECHANGELOG, DATABASECHANGELOGLOCK", database);
}

std::string text_of(const Findings& findings, Severity at_least) {
    std::string text;
    for (const Finding& finding : findings)
        if (finding.severity >= at_least)
            text += finding.id + " " + finding.object + ": " + finding.message + "\n";
    return text;
}

void load(const TestServer& server, const std::string& file, const std::string& database) {
    std::string script = read_file(source_dir() / "tests/integration/schema" / file);
    for (std::size_t at = 0; (at = script.find("@DB@", at)) != std::string::npos; at += database.size())
        script.replace(at, 4, database);
    sql(server, script, database);
}

void load_control_characters(const TestServer& server, const std::string& database) {
    sql(server,
        "delimiter //\n"
        "create procedure crlf()\r\nbegin\r\n select 1; -- x\r\n select 'a\r\nb';\r\nend//\n"
        "create procedure controls() begin select '\x01\x02\x08\x1f\x7f\xC2\x85\xE2\x80\xA8\xEE\x80\x80 "
        "end'; end//\n"
        "create trigger crlf_trigger before insert on parent for each row\r\nbegin\r\n set @a=1;\r\nend//\n"
        "create procedure trailing_comment() select 1 /* c */ ;\n//\n",
        database);
}

}  // namespace transload::test
