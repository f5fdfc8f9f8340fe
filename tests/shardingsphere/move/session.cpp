#include "tests/shardingsphere/move/session.hpp"

#include <mysql.h>

#include <stdexcept>

namespace transload::test {

Session::Session(int port, std::string user, std::string password, std::string database)
    : port_(port), user_(std::move(user)), password_(std::move(password)), database_(std::move(database)) {}

Session::~Session() {
    if (connection_ != nullptr) mysql_close(connection_);
}

unsigned Session::connect() {
    if (connection_ != nullptr) return 0;
    MYSQL* made = mysql_init(nullptr);
    mysql_options(made, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const unsigned seconds = 20;
    mysql_options(made, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(made, MYSQL_OPT_READ_TIMEOUT, &seconds);
    if (mysql_real_connect(made, "127.0.0.1", user_.c_str(), password_.c_str(),
                           database_.empty() ? nullptr : database_.c_str(), static_cast<unsigned>(port_), nullptr, 0) ==
        nullptr) {
        const unsigned error = mysql_errno(made);
        mysql_close(made);
        return error;
    }
    connection_ = made;
    return 0;
}

unsigned Session::execute(const std::string& statement) {
    if (const unsigned error = connect(); error != 0) return error;
    if (mysql_real_query(connection_, statement.data(), statement.size()) == 0) {
        if (MYSQL_RES* result = mysql_store_result(connection_)) mysql_free_result(result);
        if (mysql_errno(connection_) == 0) return 0;
    }
    const unsigned error = mysql_errno(connection_);
    if (error >= 2000 && error < 3000) {  // the client's own: the connection is of no more use
        mysql_close(connection_);
        connection_ = nullptr;
    }
    return error;
}

std::vector<Row> Session::query(const std::string& statement) {
    if (const unsigned error = connect(); error != 0)
        throw std::runtime_error("connect to port " + std::to_string(port_) + ": error " + std::to_string(error));
    if (mysql_real_query(connection_, statement.data(), statement.size()) != 0)
        throw std::runtime_error(statement + ": " + mysql_error(connection_));
    std::vector<Row> rows;
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(connection_),
                                                                         &mysql_free_result);
    if (!result) return rows;
    const unsigned columns = mysql_num_fields(result.get());
    while (MYSQL_ROW raw = mysql_fetch_row(result.get())) {
        const unsigned long* lengths = mysql_fetch_lengths(result.get());
        Row& row = rows.emplace_back();
        for (unsigned i = 0; i < columns; ++i)
            row.push_back(raw[i] == nullptr ? std::nullopt : std::optional(std::string(raw[i], lengths[i])));
    }
    return rows;
}

}  // namespace transload::test
