#include <catch2/catch.hpp>

#include "tests/support/process.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_server.hpp"

using namespace transload::test;

TEST_CASE("a server of each flavour starts, survives a kill and leaves nothing behind") {
    const auto flavour = GENERATE(Flavour::mysql80, Flavour::mysql97, Flavour::mariadb);
    if (!available(flavour)) {
        WARN(name_of(flavour) << " is not installed");
        return;
    }
    std::filesystem::path folder;
    {
        TestServer server =
            TestServer::start(flavour, {.password = "it's \\ hard", .extra = {"--max-connections=50"}});
        folder = server.folder();
        sql(server,
            "CREATE DATABASE shop; USE shop;\nCREATE TABLE t (id INT PRIMARY KEY, v VARBINARY(9));\n"
            "DELIMITER //\nINSERT INTO t VALUES (1, 'a\\0;b'), (2, NULL)//\n");
        server.kill();
        CHECK_THROWS(query(server, "SELECT 1"));
        server.restart();
        const std::vector<Row> rows = query(server, "SELECT v FROM t ORDER BY id", "shop");
        CHECK(rows == std::vector<Row>{{std::string("a\0;b", 4)}, {std::nullopt}});
        CHECK(value(server, "SELECT @@max_connections") == "50");
        server.restart({"--max-connections=60"});
        CHECK(value(server, "SELECT @@max_connections") == "60");
    }
    CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("a shared server is the same for all who ask for its role") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    const TestServer& target = shared_server(Flavour::mysql80, "target");
    CHECK(source.port() != target.port());
    CHECK(&source == &shared_server(Flavour::mysql80, "source"));
    std::string name;
    {
        const TestDatabase database({&source}, {&target});
        name = database.name();
        CHECK(value(source, "SELECT DATABASE()", name) == name);
    }
    CHECK_THROWS_WITH(query(source, "USE " + identifier(name)), Catch::Contains("Unknown database"));
}

TEST_CASE("a shared server is found again by the next test") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    CHECK(value(source, "SELECT @@log_bin, @@binlog_format") == "1");
    CHECK(show_create(source, "mysql", "user").find("CREATE TABLE `user`") == 0);
}

TEST_CASE("a statement that fails says what the server said") {
    const TestServer& source = shared_server(Flavour::mysql80, "source");
    CHECK_THROWS_WITH(sql(source, "SELEC 1;"), Catch::Contains("1064"));
    CHECK_THROWS_WITH(query(source, "SELECT * FROM nowhere.nothing"), Catch::Contains("nowhere"));
}

TEST_CASE("a folder that can't be cleaned keeps no other from being removed") {
    const TempDir folder;
    // The first is half gone already, as when its own watcher removes it at the same time; the others' owner is gone.
    folder.write("transload-server.1/server.env", "OWNER=999999999\n");
    folder.write("transload-server.2/server.env", "PID=999999999\nSTARTED=1\nOWNER=999999999\n");
    folder.write("transload-server.2/settings", "");
    folder.write("transload-proxies.1/shardingsphere.env", "OWNER=\n");
    folder.write("transload-proxies.2/shardingsphere.env",
                 "OWNER=999999999\nPROXIES=0\nZOOKEEPER_PID=999999999\nZOOKEEPER_STARTED=1\n");
    for (const char* script : {"mysql-server.sh", "shardingsphere.sh"}) {
        const ProcessResult result = run({(source_dir() / "scripts/lib" / script).string(), "clean"},
                                         {.environment = {{"TMPDIR", folder.path().string()}}, .input = {}, .directory = {}});
        INFO(result.err);
        CHECK(result.exit_code == 0);
    }
    CHECK(std::filesystem::exists(folder / "transload-server.1"));
    CHECK_FALSE(std::filesystem::exists(folder / "transload-server.2"));
    CHECK_FALSE(std::filesystem::exists(folder / "transload-proxies.2"));
}
