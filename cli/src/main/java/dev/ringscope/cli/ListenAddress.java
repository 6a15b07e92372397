package dev.ringscope.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code [HOST:]PORT}; without a host, the loopback interface. Port 0 takes any free one. */
public final class ListenAddress implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("expected [HOST:]PORT, found \"" + text + "\"");
        }
        if (port < 0 || port > 0xffff) {
            throw new TypeConversionException("expected a port from 0 to 65535, found \"" + text + "\"");
        }
        if (colon <= 0) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        }
        String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
        return new InetSocketAddress(host, port);
    }

    /** As the user would write it. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
