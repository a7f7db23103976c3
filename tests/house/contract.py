"""The schema document's ten tables as data: what a plain client may rely on, column by column.

Where the product narrows the document, the place says so: `domains.domain_name` is unique among holdings that have not ended,
and `domain_contacts` has its own key beside the document's, which is unique.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    name: str
    kind: str  # integer, text, decimal, boolean, datetime
    null: bool = False
    default: str | None = None  # as the document writes it; "now" for CURRENT_TIMESTAMP
    values: tuple[str, ...] = ()  # the CHECK


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    indexes: dict[str, tuple[str, ...]]
    key: str | None
    foreign: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # column: table, column, rule
    unique: dict[str, tuple[str, ...]] = field(default_factory=dict)
    minimum: str = ""  # an INSERT with the mandatory columns alone

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


def _columns(text: str) -> tuple[Column, ...]:
    """One column a line: name, kind, then `null`, `=default`, `in:a,b`."""
    made = []
    for line in text.strip().splitlines():
        name, kind, *rest = line.split()
        default = next((word[1:] for word in rest if word.startswith("=")), None)
        values = next((word[3:].split(",") for word in rest if word.startswith("in:")), [])
        made.append(Column(name, kind, "null" in rest, default, tuple(values)))
    return tuple(made)


ROLES = "registrant,admin,tech,billing"
CUSTOMER_RESTRICT = ("customers", "customer_id", "RESTRICT")
CUSTOMER_CASCADE = ("customers", "customer_id", "CASCADE")
DOMAIN_CASCADE = ("domains", "domain_id", "CASCADE")

TABLES = {
    table.name: table
    for table in (
        Table(
            "customers",
            key="customer_id",
            columns=_columns("""
                customer_id integer
                username text
                email text
                company_name text null
                account_balance decimal =0.00
                credit_limit decimal =0.00
                status text =active in:active,suspended,closed
                created_at datetime =now
                updated_at datetime =now
            """),
            indexes={"idx_customers_email": ("email",), "idx_customers_status": ("status",)},
            unique={"idx_customers_username": ("username",)},
            minimum="INSERT INTO customers (username, email) VALUES ('alice', 'alice@example.com')",
        ),
        Table(
            "contacts",
            key="contact_id",
            columns=_columns(f"""
                contact_id integer
                customer_id integer
                contact_type text in:{ROLES}
                first_name text
                last_name text
                organization text null
                email text
                phone text
                fax text null
                address1 text
                address2 text null
                city text
                state_province text
                postal_code text
                country_code text
                created_at datetime =now
                updated_at datetime =now
            """),
            indexes={
                "idx_contacts_customer": ("customer_id",),
                "idx_contacts_email": ("email",),
                "idx_contacts_type": ("contact_type",),
            },
            foreign={"customer_id": CUSTOMER_CASCADE},
            minimum=(
                "INSERT INTO contacts (customer_id, contact_type, first_name, last_name, email, phone, address1, city,"
                " state_province, postal_code, country_code) VALUES (1, 'registrant', 'Ada', 'Byron', 'ada@example.com',"
                " '+44.2079460000', '1 Square', 'London', 'London', 'SW1Y 4LE', 'GB')"
            ),
        ),
        Table(
            "domains",
            key="domain_id",
            columns=_columns("""
                domain_id integer
                customer_id integer
                domain_name text
                tld text
                status text =pending in:pending,active,expired,grace,redemption,pending_delete,transferred_away,cancelled
                registration_date datetime
                expiration_date datetime
                auto_renew boolean =1
                transfer_lock boolean =1
                auth_code text null
                whois_privacy boolean =0
                registry_domain_id text null
                created_at datetime =now
                updated_at datetime =now
            """),
            indexes={
                "idx_domains_customer": ("customer_id",),
                "idx_domains_tld": ("tld",),
                "idx_domains_status": ("status",),
                "idx_domains_expiration": ("expiration_date",),
            },
            foreign={"customer_id": CUSTOMER_RESTRICT},
            unique={"idx_domains_name": ("domain_name",)},
            minimum=(
                "INSERT INTO domains (customer_id, domain_name, tld, registration_date, expiration_date)"
                " VALUES (1, 'example.ca', 'ca', '2026-01-02 03:04:05', '2027-01-02 03:04:05')"
            ),
        ),
        Table(
            "domain_contacts",
            key=None,
            columns=_columns(f"""
                domain_id integer
                contact_id integer
                contact_role text in:{ROLES}
            """),
            indexes={"idx_domain_contacts_domain": ("domain_id",), "idx_domain_contacts_contact": ("contact_id",)},
            foreign={"domain_id": DOMAIN_CASCADE, "contact_id": ("contacts", "contact_id", "RESTRICT")},
            unique={"domain_contacts_role_once": ("domain_id", "contact_role")},
            minimum="INSERT INTO domain_contacts (domain_id, contact_id, contact_role) VALUES (1, 1, 'registrant')",
        ),
        Table(
            "nameservers",
            key="nameserver_id",
            columns=_columns("""
                nameserver_id integer
                domain_id integer
                hostname text
                ip_address text null
                priority integer =1
                created_at datetime =now
            """),
            indexes={"idx_nameservers_domain": ("domain_id",)},
            foreign={"domain_id": DOMAIN_CASCADE},
            minimum="INSERT INTO nameservers (domain_id, hostname) VALUES (1, 'ns1.example.net')",
        ),
        Table(
            "tld_data",
            key="tld_data_id",
            columns=_columns("""
                tld_data_id integer
                domain_id integer
                data_key text
                data_value text
                created_at datetime =now
                updated_at datetime =now
            """),
            indexes={"idx_tld_data_domain": ("domain_id",), "idx_tld_data_key": ("data_key",)},
            foreign={"domain_id": DOMAIN_CASCADE},
            minimum="INSERT INTO tld_data (domain_id, data_key, data_value) VALUES (1, 'nexus_category', 'C11')",
        ),
        Table(
            "invoices",
            key="invoice_id",
            columns=_columns("""
                invoice_id integer
                customer_id integer
                invoice_number text
                invoice_date datetime =now
                due_date datetime
                total_amount decimal =0.00
                paid_amount decimal =0.00
                status text =draft in:draft,issued,paid,overdue,cancelled
                created_at datetime =now
                updated_at datetime =now
            """),
            indexes={
                "idx_invoices_customer": ("customer_id",),
                "idx_invoices_status": ("status",),
                "idx_invoices_due_date": ("due_date",),
            },
            foreign={"customer_id": CUSTOMER_RESTRICT},
            unique={"idx_invoices_number": ("invoice_number",)},
            minimum="INSERT INTO invoices (customer_id, invoice_number, due_date) VALUES (1, 'MC-1', '2026-12-24 00:00:00')",
        ),
        Table(
            "billing_items",
            key="billing_item_id",
            columns=_columns("""
                billing_item_id integer
                invoice_id integer
                domain_id integer null
                item_type text in:registration,renewal,transfer,privacy,other
                description text
                quantity integer =1
                unit_price decimal
                total_price decimal
                created_at datetime =now
            """),
            indexes={"idx_billing_items_invoice": ("invoice_id",), "idx_billing_items_domain": ("domain_id",)},
            foreign={
                "invoice_id": ("invoices", "invoice_id", "CASCADE"),
                "domain_id": ("domains", "domain_id", "SET NULL"),
            },
            minimum=(
                "INSERT INTO billing_items (invoice_id, item_type, description, unit_price, total_price)"
                " VALUES (1, 'renewal', 'example.ca, 1 year', 12.50, 12.50)"
            ),
        ),
        Table(
            "payments",
            key="payment_id",
            columns=_columns("""
                payment_id integer
                customer_id integer
                invoice_id integer null
                payment_method text in:credit_card,bank_transfer,paypal,credit,other
                transaction_id text null
                amount decimal
                payment_date datetime =now
                status text =pending in:pending,completed,failed,refunded
                notes text null
                created_at datetime =now
            """),
            indexes={
                "idx_payments_customer": ("customer_id",),
                "idx_payments_invoice": ("invoice_id",),
                "idx_payments_transaction": ("transaction_id",),
                "idx_payments_status": ("status",),
            },
            foreign={"customer_id": CUSTOMER_RESTRICT, "invoice_id": ("invoices", "invoice_id", "SET NULL")},
            minimum="INSERT INTO payments (customer_id, payment_method, amount) VALUES (1, 'credit_card', 12.50)",
        ),
        Table(
            "audit_log",
            key="audit_id",
            columns=_columns("""
                audit_id integer
                table_name text
                record_id integer
                action text in:INSERT,UPDATE,DELETE
                changed_by text
                old_values text null
                new_values text null
                ip_address text null
                user_agent text null
                timestamp datetime =now
            """),
            indexes={
                "idx_audit_table_record": ("table_name", "record_id"),
                "idx_audit_changed_by": ("changed_by",),
                "idx_audit_timestamp": ("timestamp",),
            },
            minimum=(
                "INSERT INTO audit_log (table_name, record_id, action, changed_by, new_values)"
                " VALUES ('domains', 1, 'INSERT', 'alice', '{\"domain_name\": \"example.ca\"}')"
            ),
        ),
    )
}
