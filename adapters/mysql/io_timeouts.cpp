#include "adapters/mysql/io_timeouts.hpp"

#include <mysql.h>
// The plugin interface of the client library: the only way to reach the limits of a live connection.
#include <ma_pvio.h>

namespace transload::mysql {

void set_io_timeouts(st_mysql* handle, std::chrono::seconds read, std::chrono::seconds write) {
    MARIADB_PVIO* transport = handle->net.pvio;
    transport->methods->set_timeout(transport, PVIO_READ_TIMEOUT, static_cast<int>(read.count()));
    transport->methods->set_timeout(transport, PVIO_WRITE_TIMEOUT, static_cast<int>(write.count()));
}

}  // namespace transload::mysql
