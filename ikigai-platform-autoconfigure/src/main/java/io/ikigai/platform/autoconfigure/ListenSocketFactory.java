package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

import javax.net.SocketFactory;

import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.core.SocketFactoryFactory;
import org.postgresql.util.PSQLException;

/**
 * Makes the sockets of connections that listen for notifications. With the driver's own a
 * notification is handed out a millisecond after it came: the driver waits that long for
 * another one. Sockets of this factory let it see at once that there is none. They are
 * put around those of the socket factory that the address names, if it names one, such as
 * for a Unix socket. Thread-safe if that factory is.
 */
public final class ListenSocketFactory extends SocketFactory {

	/** The parameter that names the factory of the sockets underneath. */
	private static final String UNDERLYING = "ikigaiSocketFactory";

	private final SocketFactory underlying;

	/**
	 * Called by the driver.
	 * @param connection the connection's properties
	 * @throws PSQLException if there is no such factory as the address names
	 */
	public ListenSocketFactory(Properties connection) throws PSQLException {
		Properties properties = new Properties();
		connection.stringPropertyNames().forEach((name) -> properties.setProperty(name, connection.getProperty(name)));
		properties.remove(PGProperty.SOCKET_FACTORY.getName());
		String underlying = connection.getProperty(UNDERLYING);
		if (underlying != null) {
			PGProperty.SOCKET_FACTORY.set(properties, underlying);
		}
		this.underlying = SocketFactoryFactory.getSocketFactory(properties);
	}

	/**
	 * Returns an address whose connections use this factory.
	 * @param url a JDBC address; that of another driver stays as it is
	 * @param properties what the driver gets beside the address
	 */
	static String addedTo(String url, Properties properties) {
		Properties all = url.startsWith("jdbc:postgresql:") ? Driver.parseURL(url, properties) : null;
		if (all == null) {
			return url;
		}
		// The driver takes the last of two values.
		String added = url + (url.contains("?") ? "&" : "?")
				+ parameter(PGProperty.SOCKET_FACTORY.getName(), ListenSocketFactory.class.getName());
		String underlying = PGProperty.SOCKET_FACTORY.getOrDefault(all);
		return (underlying != null) ? added + "&" + parameter(UNDERLYING, underlying) : added;
	}

	private static String parameter(String name, String value) {
		return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
	}

	@Override
	public Socket createSocket() throws IOException {
		return new ListenSocket(this.underlying.createSocket());
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		return new ListenSocket(this.underlying.createSocket(host, port));
	}

	@Override
	public Socket createSocket(String host, int port, @Nullable InetAddress localHost, int localPort)
			throws IOException {
		return new ListenSocket(this.underlying.createSocket(host, port, localHost, localPort));
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		return new ListenSocket(this.underlying.createSocket(host, port));
	}

	@Override
	public Socket createSocket(InetAddress address, int port, @Nullable InetAddress localAddress, int localPort)
			throws IOException {
		return new ListenSocket(this.underlying.createSocket(address, port, localAddress, localPort));
	}

}
