#include <catch2/catch.hpp>
#include <map>

#include "tests/integration/preflight/inspection.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/temp_dir.hpp"

using namespace transload;
using namespace transload::test;

namespace {

/// What a server counts of statements that could change something, its databases, and where its log stands.
std::map<std::string, std::string> state_of(const TestServer& server) {
    std::map<std::string, std::string> state;
    for (const Row& row : query(server, "SHOW GLOBAL STATUS LIKE 'Com\\_%'")) {
        const std::string name = row[0].value_or("");
        for (const std::string_view harmless :
             {"Com_select", "Com_show_", "Com_set_option", "Com_admin_commands", "Com_change_db", "Com_stmt_",
              "Com_prepare_sql", "Com_dealloc_sql", "Com_xa_recover", "Com_do", "Com_ping"})
            if (name.starts_with(harmless)) goto next;
        state[name] = row[1].value_or("");
    next:;
    }
    for (const Row& row : query(server, "SHOW GLOBAL STATUS LIKE 'Handler\\_%'")) {
        const std::string name = row[0].value_or("");
        // Internal temporary tables of information_schema count as Handler_write; rows of real tables as
        // these too.
        if (name == "Handler_update" || name == "Handler_delete") state[name] = row[1].value_or("");
    }
    for (const Row& row : query(server, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"))
        state["database " + row[0].value_or("")] = "there";
    const auto log =
        query(server, server.flavour() == Flavour::mysql97 ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS");
    if (!log.empty()) state["binary log"] = log[0][0].value_or("") + ":" + log[0][1].value_or("");
    for (const Row& row : query(server, "SHOW GLOBAL STATUS LIKE 'Innodb_rows_%'"))
        if (row[0] != "Innodb_rows_read") state[row[0].value_or("")] = row[1].value_or("");
    return state;
}

/// How many the server has been sent. How long they take is the machine's; that they are few is preflight's.
long statements_of(const TestServer& server) {
    return std::stol(query(server, "SHOW GLOBAL STATUS LIKE 'Questions'").at(0).at(1).value_or("0"));
}

}  // namespace

TEST_CASE("preflight changes nothing on either server and sends each of them a few hundred statements at most") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) SKIP_TEST(name_of(flavour) << " is not installed");
    const TestServer source =
        TestServer::start(flavour, {.memory = "64M", .extra = {"--event-scheduler=OFF"}});
    const TestServer target =
        TestServer::start(flavour, {.memory = "64M", .extra = {"--event-scheduler=OFF"}});
    for (const char* file :
         {"00-accounts.sql", "00-database.sql", "10-tables.sql", "11-types.sql", "12-names.sql", "40-code.sql"})
        for (const TestServer* server : {&source, &target})
            sql_file(*server, source_dir() / "deploy" / "sample-shop" / file);
    sql(source,
        "CREATE TABLE shop.gone (id INT); CREATE VIEW shop.broken AS SELECT * FROM shop.gone; DROP TABLE "
        "shop.gone");

    const auto source_before = state_of(source), target_before = state_of(target);
    const long source_asked = statements_of(source), target_asked = statements_of(target);
    const Findings findings = inspect(job_of(source, target, "shop"));
    CAPTURE(describe(findings));
    CHECK(statements_of(source) - source_asked < 300);
    CHECK(statements_of(target) - target_asked < 300);
    CHECK(state_of(source) == source_before);
    CHECK(state_of(target) == target_before);

    CHECK(has(findings, "target.table_exists", "shop.orders"));
    CHECK(has(findings, "view.broken", "shop.broken"));
    CHECK_FALSE(has(findings, "preflight.check_failed"));
    // The sample's own names, with quotes and backticks, are dropped by the remedies as written.
    for (const Finding& finding : findings)
        if (finding.id == "target.object_exists")
            sql(target, finding.remedy.substr(0, finding.remedy.find(" on the target")));
    const Findings after = inspect(job_of(source, target, "shop"));
    CAPTURE(describe(after));
    CHECK_FALSE(has(after, "target.object_exists"));
}

TEST_CASE("a server that is not there is an error at once") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestDatabase database({&source});
    JobSpec spec = job_of(source, source, database.name(), "other");
    spec.target.port = static_cast<std::uint16_t>(free_port());
    CHECK_THROWS(inspect(spec));
}
