#include "tests/support/sql.hpp"

#include <mysql.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <random>
#include <stdexcept>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace transload::test {
namespace {

using Connection = std::unique_ptr<MYSQL, decltype(&mysql_close)>;

Connection connect(const TestServer& server, std::string_view database) {
    Connection connection(mysql_init(nullptr), &mysql_close);
    mysql_options(connection.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const std::string name(database);
    if (mysql_real_connect(connection.get(), server.host().c_str(), TestServer::user().c_str(),
                           server.password().c_str(), name.empty() ? nullptr : name.c_str(),
                           static_cast<unsigned>(server.port()), nullptr, 0) == nullptr) {
        throw std::runtime_error(std::string("connect: ") + mysql_error(connection.get()));
    }
    return connection;
}

// Unique on this machine for the time of a test run.
std::string unique_name(std::string_view prefix) {
    static const unsigned seed = std::random_device{}();
    static std::atomic<int> count{0};
    return std::string(prefix) + "_" + std::to_string(::getpid()) + "_" + std::to_string(seed % 100000) +
           "_" + std::to_string(++count);
}

}  // namespace

std::string sql(const TestServer& server, std::string_view script, std::string_view database) {
    std::vector<std::string> argv{"mariadb",
                                  "--no-defaults",
                                  "--host=" + server.host(),
                                  "--port=" + std::to_string(server.port()),
                                  "--user=" + TestServer::user(),
                                  "--protocol=tcp",
                                  "--default-character-set=utf8mb4",
                                  "--binary-mode",  // or the client rewrites line ends and NUL bytes
                                  "--comments",
                                  "--max-allowed-packet=1G",
                                  "--batch",
                                  "--raw",
                                  "--skip-column-names"};
    if (!database.empty()) {
        argv.push_back("--database=" + std::string(database));
    }
    ProcessOptions options;
    options.environment["MYSQL_PWD"] = server.password();
    options.input = std::string(script);
    if (options.input.empty() || options.input.back() != '\n') {
        options.input += '\n';
    }
    ProcessResult result = run(std::move(argv), std::move(options), std::chrono::minutes(5));
    if (result.exit_code != 0) {
        throw std::runtime_error(result.timed_out ? "the SQL script took over five minutes" : result.err);
    }
    return std::move(result.out);
}

std::string sql_file(const TestServer& server, const std::filesystem::path& file, std::string_view database) {
    return sql(server, read_file(file), database);
}

std::vector<Row> query(const TestServer& server, std::string_view statement, std::string_view database) {
    const Connection connection = connect(server, database);
    const auto fail = [&] {
        throw std::runtime_error(std::string(statement) + ": " + mysql_error(connection.get()));
    };
    if (mysql_real_query(connection.get(), statement.data(), statement.size()) != 0) {
        fail();
    }
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(
        mysql_store_result(connection.get()), &mysql_free_result);
    std::vector<Row> rows;
    if (!result) {
        if (mysql_errno(connection.get()) != 0) {
            fail();
        }
        return rows;
    }
    const unsigned columns = mysql_num_fields(result.get());
    while (MYSQL_ROW raw = mysql_fetch_row(result.get())) {
        const unsigned long* lengths = mysql_fetch_lengths(result.get());
        Row& row = rows.emplace_back();
        for (unsigned i = 0; i < columns; ++i) {
            row.push_back(raw[i] == nullptr ? std::nullopt : std::optional(std::string(raw[i], lengths[i])));
        }
    }
    return rows;
}

std::string value(const TestServer& server, std::string_view statement, std::string_view database) {
    const std::vector<Row> rows = query(server, statement, database);
    if (rows.empty() || rows.front().empty()) {
        throw std::runtime_error("no row from: " + std::string(statement));
    }
    return rows.front().front().value_or("NULL");
}

std::string show_create(const TestServer& server, std::string_view database, std::string_view table) {
    return query(server, "SHOW CREATE TABLE " + identifier(database) + "." + identifier(table))
        .at(0)
        .at(1)
        .value_or("");
}

std::string identifier(std::string_view name) {
    std::string result = "`";
    for (const char c : name) {
        result += c;
        if (c == '`') {
            result += c;
        }
    }
    return result + "`";
}

TestDatabase::TestDatabase(std::vector<const TestServer*> create_on,
                           std::vector<const TestServer*> also_drop_on, std::string_view prefix)
    : name_(unique_name(prefix)), servers_(create_on) {
    servers_.insert(servers_.end(), also_drop_on.begin(), also_drop_on.end());
    for (const TestServer* server : create_on) {
        query(*server, "CREATE DATABASE " + identifier(name_));
    }
}

TestDatabase::~TestDatabase() {
    for (const TestServer* server : servers_) {
        try {
            query(*server, "DROP DATABASE IF EXISTS " + identifier(name_));
        } catch (const std::exception&) {
            // A test that killed the server has nothing to drop there.
        }
    }
}

}  // namespace transload::test
