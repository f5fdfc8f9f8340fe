#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace transload::test {

/// A new empty folder under the system's temporary folder, removed with all that is in it.
class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(TempDir&& other) noexcept;
    TempDir& operator=(TempDir&& other) noexcept;
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    /// Writes a file below this folder, with the folders that it needs, and returns its path.
    std::filesystem::path write(std::string_view name, std::string_view content) const;

  private:
    std::filesystem::path path_;
};

/// The whole file. Throws std::runtime_error when it can't be read.
[[nodiscard]] std::string read_file(const std::filesystem::path& file);

/// Root of the source tree, for test data and scripts.
[[nodiscard]] std::filesystem::path source_dir();

}  // namespace transload::test
