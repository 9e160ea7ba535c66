// A client of each API, as somebody would write it: what compiles here knows paths, parameters, bodies and answers.
import createClient from "openapi-fetch";
import type { paths as Apextrack } from "./apextrack";
import type { paths as Notary } from "./notary";
import type { paths as Scholarship } from "./scholarship";
import type { paths as Staff } from "./staff";
import type { paths as TalentsMapping } from "./talentsmapping";

const headers = { Authorization: "Bearer token" };

export async function talentsMapping(baseUrl: string): Promise<number> {
  const client = createClient<TalentsMapping>({ baseUrl, headers });
  const { data, error } = await client.GET("/clients", { params: { query: { status: "assessed", page: 2 } } });
  if (error) throw new Error("error" in error ? String(error) : error.message);
  const names: (string | null)[] = data.data.map((client) => client.phone);
  const one = await client.GET("/clients/{client_id}", { params: { path: { client_id: 1 } } });
  return names.length + (one.data?.data.id ?? 0) + data.meta.total;
}

export async function apextrack(baseUrl: string): Promise<string> {
  const client = createClient<Apextrack>({ baseUrl });
  const body = { email: "a@example.test", password: "password123", device_name: "mobile_app" };
  const { data, error } = await client.POST("/login", { body });
  if (error) throw new Error(error.message);
  return `${data.token} ${data.user.id.toFixed()}`;
}

export async function notary(baseUrl: string): Promise<number> {
  const client = createClient<Notary>({ baseUrl, headers });
  const { data } = await client.GET("/office/service");
  const fees = (data?.data ?? []).flatMap((service) => service.fee.map((fee) => fee.amount));
  const body = { name: "Akta", description: "Akta jual beli", fee: 1500, tasks: ["Satu"] };
  await client.PUT("/office/service/{id}", { params: { path: { id: "akta" } }, body });
  return fees.reduce((sum, fee) => sum + fee, 0);
}

export async function scholarship(baseUrl: string): Promise<string | undefined> {
  const client = createClient<Scholarship>({ baseUrl, headers });
  const { data } = await client.GET("/beasiswa/my-application");
  const status: "submitted" | "pending" | "accepted" | "rejected" | undefined = data?.data.status;
  const { error } = await client.POST("/forgot-password", { body: { phone: "+6281234567890" } });
  return status ?? error?.message;
}

export async function staff(baseUrl: string): Promise<string[]> {
  const client = createClient<Staff>({ baseUrl, headers });
  const query = { order_by: "nama", sort: "desc", per_page: 50 } as const;
  const { data, error } = await client.GET("/v1/auth/get-list", { params: { query } });
  if (error) throw new Error(error.message);
  return data.data.map((user) => `${user.nama} ${user.hp ?? "-"}`);
}
