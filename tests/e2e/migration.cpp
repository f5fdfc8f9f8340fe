#include "tests/e2e/migration.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/sql.hpp"

namespace transload::test {

std::string url(const TestServer& server, const std::string& database) {
    return "mysql://" + TestServer::user() + "@" + server.host() + ":" + std::to_string(server.port()) + "/" + database;
}

std::vector<std::string> Migration::command(const std::string& name, const std::string& source_database,
                                            const std::string& target_database,
                                            std::vector<std::string> arguments) const {
    std::vector<std::string> argv{transload_program().string(),
                                  name,
                                  "--source",
                                  url(source_, source_database),
                                  "--target",
                                  url(target_, target_database),
                                  "--state-dir",
                                  (folder_ / "state").string(),
                                  "--schema-dir",
                                  (folder_ / "schema").string()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return argv;
}

ProcessOptions Migration::options() const {
    ProcessOptions options;
    options.environment["TRANSLOAD_SOURCE_PASSWORD"] = source_.password();
    options.environment["TRANSLOAD_TARGET_PASSWORD"] = target_.password();
    options.directory = folder_.path();
    return options;
}

ProcessResult Migration::run(const std::string& name, const std::string& database, std::vector<std::string> arguments,
                             std::chrono::seconds limit) const {
    return test::run(command(name, database, database, std::move(arguments)), options(), limit);
}

nlohmann::json report_of(const ProcessResult& result) {
    INFO(result.out);
    INFO(result.err);
    REQUIRE(nlohmann::json::accept(result.out));
    return nlohmann::json::parse(result.out);
}

void load_sample_shop(const TestServer& server) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "deploy" / "sample-shop"))
        if (entry.path().extension() == ".sql") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        if (server.flavour() == Flavour::mariadb && file.filename().string().find("mysql-only") != std::string::npos)
            continue;
        sql_file(server, file);
    }
}

void create_shop_definers(const TestServer& server) {
    sql_file(server, source_dir() / "deploy" / "sample-shop" / "00-accounts.sql");
}

}  // namespace transload::test
