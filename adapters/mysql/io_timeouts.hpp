#pragma once
#include <chrono>

struct st_mysql;

namespace transload::mysql {

/// Changes the read and write time limits of a connected session; 0 = wait for ever. The library's options count
/// only until the connection is made, and the handshake needs other limits than a long ALTER.
void set_io_timeouts(st_mysql* handle, std::chrono::seconds read, std::chrono::seconds write);

}  // namespace transload::mysql
