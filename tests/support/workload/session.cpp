#include "tests/support/workload/session.hpp"

#include <mysql.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace transload::test {
namespace {

/// What the client library reads a "local file" from.
struct Upload {
    const std::string* data = nullptr;
    std::size_t at = 0;
};

int begin_upload(void** handle, const char*, void* upload) {
    *handle = upload;
    return 0;
}

int read_upload(void* handle, char* buffer, unsigned capacity) {
    auto& upload = *static_cast<Upload*>(handle);
    const std::size_t size = std::min<std::size_t>(capacity, upload.data->size() - upload.at);
    std::memcpy(buffer, upload.data->data() + upload.at, size);
    upload.at += size;
    return static_cast<int>(size);
}

void end_upload(void*) {}
int upload_error(void*, char* text, unsigned size) {
    if (size > 0) *text = '\0';
    return 0;
}

}  // namespace

WriterSession::WriterSession(int port, std::string user, std::string password, std::string database,
                             std::vector<std::string> greeting)
    : port_(port), user_(std::move(user)), password_(std::move(password)), database_(std::move(database)),
      greeting_(std::move(greeting)) {}

WriterSession::~WriterSession() { disconnect(); }

void WriterSession::disconnect() {
    if (connection_ != nullptr) mysql_close(connection_);
    connection_ = nullptr;
}

bool WriterSession::fail() {
    error_ = mysql_errno(connection_);
    message_ = mysql_error(connection_);
    // The client's own errors, "shutting down" and "killed": the connection is of no more use.
    if ((error_ >= 2000 && error_ < 3000) || error_ == 1053 || error_ == 3169 || error_ == 1927) disconnect();
    return false;
}

bool WriterSession::connect() {
    if (connection_ != nullptr) return true;
    connection_ = mysql_init(nullptr);
    mysql_options(connection_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const unsigned on = 1;
    mysql_options(connection_, MYSQL_OPT_LOCAL_INFILE, &on);
    const unsigned seconds = 30;
    mysql_options(connection_, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(connection_, MYSQL_OPT_READ_TIMEOUT, &seconds);
    if (mysql_real_connect(connection_, "127.0.0.1", user_.c_str(), password_.c_str(), database_.c_str(),
                           static_cast<unsigned>(port_), nullptr, CLIENT_FOUND_ROWS) == nullptr) {
        error_ = mysql_errno(connection_);
        message_ = mysql_error(connection_);
        disconnect();
        return false;
    }
    for (const std::string& statement : greeting_)
        if (mysql_real_query(connection_, statement.data(), statement.size()) != 0) {
            fail();
            disconnect();
            return false;
        }
    return true;
}

unsigned WriterSession::execute(const std::string& statement) {
    error_ = 0;
    if (!connect()) return error_;
    if (mysql_real_query(connection_, statement.data(), statement.size()) != 0) {
        fail();
        return error_;
    }
    affected_ = mysql_affected_rows(connection_);
    if (MYSQL_RES* result = mysql_store_result(connection_)) mysql_free_result(result);
    if (mysql_errno(connection_) != 0) fail();
    return error_;
}

unsigned WriterSession::load(const std::string& statement, const std::string& data) {
    error_ = 0;
    if (!connect()) return error_;
    Upload upload{&data};
    mysql_set_local_infile_handler(connection_, begin_upload, read_upload, end_upload, upload_error, &upload);
    return execute(statement);
}

std::optional<std::vector<Row>> WriterSession::query(const std::string& statement) {
    error_ = 0;
    if (!connect()) return std::nullopt;
    if (mysql_real_query(connection_, statement.data(), statement.size()) != 0) {
        fail();
        return std::nullopt;
    }
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(connection_),
                                                                         &mysql_free_result);
    if (!result) {
        if (mysql_errno(connection_) != 0) {
            fail();
            return std::nullopt;
        }
        return std::vector<Row>{};
    }
    std::vector<Row> rows;
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
