// Boost's own code, once for all of tk.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
