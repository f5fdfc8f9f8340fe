#include "adapters/mysql/connection.hpp"

#include <errmsg.h>
#include <mysql.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <mutex>
#include <utility>

#include "adapters/mysql/error_codes.hpp"
#include "adapters/mysql/io_timeouts.hpp"
#include "adapters/mysql/session_group.hpp"
#include "adapters/mysql/session_profile.hpp"

namespace transload::mysql {

bool ServerVersion::at_least(int wanted_major, int wanted_minor, int wanted_patch) const {
    return std::tie(major, minor, patch) >= std::tie(wanted_major, wanted_minor, wanted_patch);
}

std::string ServerVersion::display() const {
    return std::string(mariadb ? "MariaDB " : "MySQL ") + std::to_string(major) + "." + std::to_string(minor) +
           "." + std::to_string(patch);
}

std::size_t Result::column(std::string_view name) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].size() == name.size() && strncasecmp(columns[i].data(), name.data(), name.size()) == 0)
            return i;
    throw Error(ErrorKind::failed, "mysql.no_such_column", std::string(name),
                "the server's answer has no column " + std::string(name), "report this with the server's version");
}

namespace {

struct CloseHandle {
    void operator()(MYSQL* handle) const noexcept { mysql_close(handle); }
};
using Handle = std::unique_ptr<MYSQL, CloseHandle>;

struct FreeResult {
    void operator()(MYSQL_RES* result) const noexcept { mysql_free_result(result); }
};
using ResultHandle = std::unique_ptr<MYSQL_RES, FreeResult>;

ServerVersion parse_version(const char* text) {
    ServerVersion version;
    version.text = text;
    version.mariadb = std::strstr(text, "MariaDB") != nullptr;
    const char* numbers = text;
    // MariaDB used to prefix its version for old replicas: "5.5.5-10.11.6-MariaDB".
    if (version.mariadb && std::strncmp(text, "5.5.5-", 6) == 0) numbers += 6;
    std::sscanf(numbers, "%d.%d.%d", &version.major, &version.minor, &version.patch);
    return version;
}

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// A peer that vanished without a word (cut network, stopped machine) is noticed within about a minute.
void set_keepalive(MYSQL* handle) {
    const my_socket socket = mysql_get_socket(handle);
    const int on = 1, idle_seconds = 20, interval_seconds = 5, probes = 6;
    const unsigned unacknowledged_ms = 60'000;
    setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval_seconds, sizeof interval_seconds);
    setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof unacknowledged_ms);
}

void set_tls(MYSQL* handle, const Endpoint& endpoint) {
    const TlsOptions& tls = endpoint.tls;
    my_bool enforce = 0, verify = 0;
    // Nothing can listen between two processes of one machine: encrypting there only costs time.
    const bool wanted = tls.mode != TlsMode::disabled &&
                        (tls.mode != TlsMode::preferred || !is_loopback(endpoint.host) || !tls.ca.empty());
    if (wanted) {
        const auto or_null = [](const std::string& path) { return path.empty() ? nullptr : path.c_str(); };
        mysql_ssl_set(handle, or_null(tls.key), or_null(tls.cert), or_null(tls.ca), nullptr, nullptr);
        enforce = tls.mode != TlsMode::preferred;
        verify = tls.mode == TlsMode::verify_ca || tls.mode == TlsMode::verify_full;
    }
    mysql_optionsv(handle, MYSQL_OPT_SSL_ENFORCE, &enforce);
    mysql_optionsv(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

void initialise_library() {
    static std::once_flag once;
    std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

}  // namespace

struct Connection::Impl {
    Endpoint endpoint;
    ConnectOptions options;
    std::unique_ptr<SessionSeat> seat;  // before the handle: given back when the session is closed
    Handle handle;
    ServerVersion version;
    std::uint64_t packet = 0;
    bool several = false;  ///< statements in one packet are allowed

    Impl(const Endpoint& where, ConnectOptions how) : endpoint(where), options(std::move(how)) { connect(); }

    [[noreturn]] void fail(MYSQL* failed, bool committing = false) const {
        const unsigned code = mysql_errno(failed);
        const KnownError* known = find_known_error(code);
        ErrorKind kind = known ? known->kind : ErrorKind::failed;
        const std::string remedy = known ? std::string(known->remedy) : "see the server's message";
        if (committing && (code == CR_SERVER_LOST || code == CR_SERVER_GONE_ERROR)) kind = ErrorKind::in_doubt;
        throw ServerError(kind, code, endpoint.label(),
                          std::string(mysql_error(failed)) + " (error " + std::to_string(code) + ")", remedy);
    }

    MYSQL* live() const {
        if (!handle)
            throw ServerError(ErrorKind::transient, CR_SERVER_GONE_ERROR, endpoint.label(),
                              "the connection was closed", "retry");
        return handle.get();
    }

    void connect() {
        initialise_library();
        handle.reset();
        several = false;
        Handle fresh(mysql_init(nullptr));
        if (!fresh) throw std::bad_alloc();
        const unsigned protocol = MYSQL_PROTOCOL_TCP;  // "localhost" is a host here, not a socket file
        const unsigned connect_seconds =
            static_cast<unsigned>(std::max<std::int64_t>(1, endpoint.connect_timeout.count() / 1000));
        const unsigned read_seconds = static_cast<unsigned>(options.read_timeout.count());
        const unsigned local_infile = options.profile == SessionProfile::copy_write;
        mysql_optionsv(fresh.get(), MYSQL_OPT_PROTOCOL, &protocol);
        mysql_optionsv(fresh.get(), MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
        mysql_optionsv(fresh.get(), MYSQL_OPT_LOCAL_INFILE, &local_infile);
        mysql_optionsv(fresh.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
        set_tls(fresh.get(), endpoint);
        const std::string& database = options.database;
        // The handshake must not wait for ever even where queries may.
        const unsigned handshake_seconds = read_seconds ? std::min(read_seconds, connect_seconds) : connect_seconds;
        mysql_optionsv(fresh.get(), MYSQL_OPT_READ_TIMEOUT, &handshake_seconds);
        mysql_optionsv(fresh.get(), MYSQL_OPT_WRITE_TIMEOUT, &handshake_seconds);
        if (!mysql_real_connect(fresh.get(), endpoint.host.c_str(), endpoint.user.c_str(),
                                endpoint.password.reveal().c_str(), database.empty() ? nullptr : database.c_str(),
                                endpoint.port, nullptr, CLIENT_MULTI_RESULTS | CLIENT_FOUND_ROWS))
            fail(fresh.get());
        set_io_timeouts(fresh.get(), options.read_timeout, options.write_timeout);
        handle = std::move(fresh);
        if (endpoint.tls.mode != TlsMode::disabled && endpoint.tls.mode != TlsMode::preferred &&
            !mysql_get_ssl_cipher(handle.get())) {
            handle.reset();
            throw ServerError(ErrorKind::failed, CR_SSL_CONNECTION_ERROR, endpoint.label(),
                              "the job demands TLS and the server does not offer it",
                              "enable TLS on the server, or use tls=preferred in the URL");
        }
        set_keepalive(handle.get());
        version = parse_version(mysql_get_server_info(handle.get()));
        for (const std::string& statement : session_statements(options, version)) execute(statement);
        if (options.profile == SessionProfile::proxy) return;
        packet = std::stoull(scalar("SELECT @@GLOBAL.max_allowed_packet").value_or("0"));
    }

    void send(std::string_view sql, bool committing = false) {
        if (mysql_real_query(live(), sql.data(), sql.size()) != 0) fail(handle.get(), committing);
    }

    /// Reads and discards every result that is still to come, so that the session can be used again.
    void drain() {
        while (true) {
            ResultHandle discarded(mysql_store_result(handle.get()));
            if (!discarded && mysql_errno(handle.get()) != 0) fail(handle.get());
            const int next = mysql_next_result(handle.get());
            if (next < 0) return;
            if (next > 0) fail(handle.get());
        }
    }

    std::uint64_t execute(std::string_view sql, bool committing = false) {
        send(sql, committing);
        const std::uint64_t affected = mysql_affected_rows(handle.get());
        drain();
        return affected == static_cast<std::uint64_t>(-1) ? 0 : affected;
    }

    Result query(std::string_view sql) {
        send(sql);
        ResultHandle stored(mysql_store_result(handle.get()));
        if (!stored && mysql_errno(handle.get()) != 0) fail(handle.get());
        Result result;
        if (stored) {
            const unsigned count = mysql_num_fields(stored.get());
            const MYSQL_FIELD* fields = mysql_fetch_fields(stored.get());
            for (unsigned i = 0; i < count; ++i) result.columns.emplace_back(fields[i].name, fields[i].name_length);
            result.rows.reserve(mysql_num_rows(stored.get()));
            while (const MYSQL_ROW row = mysql_fetch_row(stored.get())) {
                const unsigned long* lengths = mysql_fetch_lengths(stored.get());
                Row& values = result.rows.emplace_back();
                values.reserve(count);
                for (unsigned i = 0; i < count; ++i)
                    values.emplace_back(row[i] ? Value(std::string(row[i], lengths[i])) : Value());
            }
            stored.reset();
        }
        finish_results();
        return result;
    }

    void finish_results() {
        const int next = mysql_next_result(handle.get());
        if (next > 0) fail(handle.get());
        if (next == 0) drain();
    }

    Value scalar(std::string_view sql) {
        Result result = query(sql);
        if (result.rows.empty() || result.rows.front().empty()) return std::nullopt;
        return std::move(result.rows.front().front());
    }
};

Connection::Connection(const Endpoint& endpoint, ConnectOptions options)
    : impl_(std::make_unique<Impl>(endpoint, std::move(options))) {
    take_seat();
}

void Connection::take_seat() {
    if (!impl_->options.group.empty()) impl_->seat = std::make_unique<SessionSeat>(*this, impl_->options.group);
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

std::uint64_t Connection::execute(std::string_view sql) { return impl_->execute(sql); }

void Connection::execute_several(std::string_view sql, const std::function<void(const Outcome&)>& on_outcome) {
    MYSQL* handle = impl_->live();
    if (!impl_->several) {
        if (mysql_set_server_option(handle, MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0) impl_->fail(handle);
        impl_->several = true;
    }
    impl_->send(sql);
    while (true) {
        ResultHandle discarded(mysql_store_result(handle));
        if (!discarded && mysql_errno(handle) != 0) impl_->fail(handle);
        const char* info = mysql_info(handle);
        on_outcome({mysql_affected_rows(handle), info ? info : "", mysql_warning_count(handle)});
        const int next = mysql_next_result(handle);
        if (next < 0) return;
        if (next > 0) impl_->fail(handle);
    }
}

Result Connection::query(std::string_view sql) { return impl_->query(sql); }
Value Connection::scalar(std::string_view sql) { return impl_->scalar(sql); }

std::uint64_t Connection::stream(std::string_view sql, const std::function<bool(RowView)>& on_row) {
    impl_->send(sql);
    ResultHandle result(mysql_use_result(impl_->handle.get()));
    if (!result) {
        if (mysql_errno(impl_->handle.get()) != 0) impl_->fail(impl_->handle.get());
        return 0;
    }
    // Freeing an unbuffered result reads the rest of it, which may be gigabytes: give up the session instead.
    const auto abandon = [&] {
        shutdown(mysql_get_socket(impl_->handle.get()), SHUT_RDWR);
        result.reset();
        impl_->handle.reset();
    };
    const unsigned count = mysql_num_fields(result.get());
    std::vector<Field> fields(count);
    std::uint64_t delivered = 0;
    while (const MYSQL_ROW row = mysql_fetch_row(result.get())) {
        const unsigned long* lengths = mysql_fetch_lengths(result.get());
        for (unsigned i = 0; i < count; ++i) fields[i] = {row[i], row[i] ? lengths[i] : 0};
        ++delivered;
        bool more = false;
        try {
            more = on_row(fields);
        } catch (...) {
            abandon();
            throw;
        }
        if (!more) {
            abandon();
            return delivered;
        }
    }
    if (mysql_errno(impl_->handle.get()) != 0) impl_->fail(impl_->handle.get());
    result.reset();
    impl_->finish_results();
    return delivered;
}

namespace {

/// State of one LOAD DATA LOCAL, shared with the client library's C callbacks, through which no exception may pass.
struct LoadState {
    LoadSource* source;
    std::exception_ptr error;
};

int load_begin(void** state, const char*, void* user) {
    *state = user;
    return 0;
}

int load_read(void* state, char* buffer, unsigned capacity) {
    auto* load = static_cast<LoadState*>(state);
    try {
        return static_cast<int>(load->source->read(buffer, capacity));
    } catch (...) {
        load->error = std::current_exception();
        return -1;
    }
}

void load_end(void*) {}

int load_error(void*, char* message, unsigned size) {
    std::snprintf(message, size, "reading the rows failed");
    return 1;
}

}  // namespace

std::uint64_t Connection::load(std::string_view sql, LoadSource& source) {
    LoadState state{&source, nullptr};
    MYSQL* handle = impl_->live();
    mysql_set_local_infile_handler(handle, load_begin, load_read, load_end, load_error, &state);
    const bool failed = mysql_real_query(handle, sql.data(), sql.size()) != 0;
    mysql_set_local_infile_handler(handle, load_begin, load_read, load_end, load_error, nullptr);
    if (state.error) {
        shutdown(mysql_get_socket(handle), SHUT_RDWR);
        impl_->handle.reset();
        std::rethrow_exception(state.error);
    }
    if (failed) impl_->fail(handle);
    const std::uint64_t affected = mysql_affected_rows(handle);
    impl_->drain();
    return affected;
}

void Connection::commit() { impl_->execute("COMMIT", true); }

unsigned Connection::warning_count() const { return mysql_warning_count(impl_->live()); }

std::vector<std::string> Connection::warnings() {
    std::vector<std::string> texts;
    for (const Row& row : impl_->query("SHOW WARNINGS").rows)
        texts.push_back(row[0].value_or("") + " " + row[1].value_or("") + " " + row[2].value_or(""));
    return texts;
}

void Connection::reconnect() {
    impl_->seat.reset();
    impl_->connect();
    take_seat();
}

bool Connection::ping() noexcept { return impl_->handle && mysql_ping(impl_->handle.get()) == 0; }

const ServerVersion& Connection::version() const noexcept { return impl_->version; }

std::uint64_t Connection::thread_id() const noexcept {
    return impl_->handle ? mysql_thread_id(impl_->handle.get()) : 0;
}

const Endpoint& Connection::endpoint() const noexcept { return impl_->endpoint; }

bool Connection::encrypted() const noexcept {
    return impl_->handle && mysql_get_ssl_cipher(impl_->handle.get()) != nullptr;
}

std::uint64_t Connection::max_allowed_packet() const noexcept { return impl_->packet; }

st_mysql* Connection::handle() noexcept { return impl_->handle.get(); }

void kill_query(const Endpoint& endpoint, std::uint64_t thread_id) noexcept {
    try {
        Connection(endpoint, {.read_timeout = std::chrono::seconds(5)})
            .execute("KILL QUERY " + std::to_string(thread_id));
    } catch (...) {
        // The statement ended by itself, or the server is gone: either way nothing is left to kill.
    }
}

}  // namespace transload::mysql
