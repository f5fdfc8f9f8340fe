#include "adapters/mysql/io_timeouts.hpp"

#include <fcntl.h>
#include <mysql.h>
#include <sys/socket.h>
#include <unistd.h>
// The plugin interface of the client library: the only way to reach the limits of a live connection.
#include <ma_pvio.h>

namespace transload::mysql {

void set_io_timeouts(st_mysql* handle, std::chrono::seconds read, std::chrono::seconds write) {
    MARIADB_PVIO* transport = handle->net.pvio;
    transport->methods->set_timeout(transport, PVIO_READ_TIMEOUT, static_cast<int>(read.count()));
    transport->methods->set_timeout(transport, PVIO_WRITE_TIMEOUT, static_cast<int>(write.count()));
}

// A descriptor of its own: the session's may be closed, and its number be another's, while a cut is on its way.
ConnectionHold::ConnectionHold(st_mysql* handle) : socket_(fcntl(mysql_get_socket(handle), F_DUPFD_CLOEXEC, 0)) {}
ConnectionHold::~ConnectionHold() {
    if (socket_ >= 0) close(socket_);
}
void ConnectionHold::cut() const noexcept { shutdown(socket_, SHUT_RDWR); }

}  // namespace transload::mysql
