package io.ikigai.platform.testservers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * A database of a {@link PostgresServer} and a user who may do everything in it.
 *
 * @param url the JDBC URL, without credentials
 * @param username the user's name
 * @param password the user's password, which {@link #toString()} leaves out
 */
public record PostgresDatabase(String url, String username, String password) {

	/**
	 * Open a connection, which the caller closes.
	 * @return a connection in auto-commit mode
	 * @throws SQLException when the server does not run
	 */
	public Connection connect() throws SQLException {
		return DriverManager.getConnection(this.url, this.username, this.password);
	}

	/**
	 * Execute SQL in a connection of its own.
	 * @param sql one statement, or several with semicolons between them
	 * @throws SQLException when the server does not run or refuses the statement
	 */
	public void execute(String sql) throws SQLException {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	/**
	 * Query one value in a connection of its own.
	 * @param sql a query
	 * @return the first column of the first row as PostgreSQL's text, or {@code null}
	 * when it is null or there is no row
	 * @throws SQLException when the server does not run or refuses the query
	 */
	public @Nullable String queryForText(String sql) throws SQLException {
		try (Connection connection = connect();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			return rows.next() ? rows.getString(1) : null;
		}
	}

	@Override
	public String toString() {
		return "PostgresDatabase[url=" + this.url + ", username=" + this.username + "]";
	}

}
